import type { RiskVersionResponse } from '../../src/risk/history/history.dto';
import type { ApiClient } from '../support/api-client';
import { byDay } from './counted';
import { read, walk, type Lists } from './lists';

/** What happened on how many days up to today. */
type Events = Readonly<Record<'created' | 'closed' | 'statusChanges' | 'acceptances', readonly [string, number][]>>;

const CURSOR_LIMIT = 3;

/** As the trends, the timeline and the series tell. */
export async function shownEvents(client: ApiClient, days: number, today: string): Promise<Record<string, unknown>> {
  const [trends, timeline, created, closed] = await Promise.all([
    read(client, '/api/v1/stats/trends', { days }),
    read(client, '/api/v1/stats/timeline', { days }),
    ...['created', 'closed'].map((metric) =>
      read(client, '/api/v1/stats/timeseries', { metric, interval: 'month', from: byDay([], days, today)[0]?.[0] }),
    ),
  ]);
  const perDay = (points: readonly Record<string, unknown>[], field: string): [string, unknown][] =>
    byDay([], days, today).map(([day]) => [day, points.find(({ date }) => date === day)?.[field] ?? 0]);
  const sum = ({ points }: { points: { value: number }[] }): number =>
    points.reduce((all, { value }) => all + value, 0);
  return {
    created: perDay(trends.points, 'created'),
    closed: perDay(trends.points, 'closed'),
    statusChanges: perDay(timeline.timeline, 'statusChanges'),
    acceptances: perDay(timeline.timeline, 'acceptances'),
    createdInTimeline: perDay(timeline.timeline, 'created'),
    sums: [sum(created), sum(closed)],
  };
}

/** As the histories of all risks tell, none of which is deleted. */
export async function countedEvents(client: ApiClient, { risks }: Lists, days: number, today: string): Promise<object> {
  const moves = await Promise.all(
    risks.map(async ({ id, status, createdAt }) => {
      const query = { limit: CURSOR_LIMIT };
      const { items } = await walk(client, `/api/v1/risks/${id}/history`, query);
      const changed = (items as RiskVersionResponse[]).toReversed().flatMap(({ at, changes }) => {
        return changes.filter(({ field }) => field === 'status').map(({ before, after }) => ({ at, before, after }));
      });
      return [{ at: createdAt, before: null, after: changed[0]?.before ?? status }, ...changed];
    }),
  );
  const all = moves.flat();
  const into = (wanted: string): [string, number][] =>
    byDay(
      all.filter(({ after }) => after === wanted).map(({ at }) => at),
      days,
      today,
    );
  const created = byDay(
    risks.map(({ createdAt }) => createdAt),
    days,
    today,
  );
  const events: Events = {
    created,
    closed: into('CLOSED'),
    statusChanges: byDay(
      all.filter(({ before }) => before !== null).map(({ at }) => at),
      days,
      today,
    ),
    acceptances: into('ACCEPTED'),
  };
  const sum = (list: readonly [string, number][]): number => list.reduce((total, [, count]) => total + count, 0);
  return { ...events, createdInTimeline: created, sums: [sum(created), sum(events.closed)] };
}
