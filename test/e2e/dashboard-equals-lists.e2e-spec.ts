import fc from 'fast-check';
import { runInContext } from '../../src/context/request-context';
import { DailySnapshots } from '../../src/dashboard/days/daily-snapshots';
import { utcToday } from '../../src/http/period';
import { answersFor, compared, randomView } from '../registers/dashboard-numbers';
import { countedEvents, shownEvents } from '../registers/events';
import { listsOf, walk, within } from '../registers/lists';
import { carryOut, randomChanges } from '../registers/random-change';
import { randomFilters, type Condition } from '../registers/random-filter';
import { diverseRegister, randomRegister, type RandomRegister } from '../registers/random-register';
import { CALLERS, storeRegister, type StoredRegister } from '../registers/stored-register';
import type { ApiClient } from '../support/api-client';
import { patienceMs, rounds } from '../support/rounds';
import { createTestApp, type TestApp } from '../support/test-app';

const ROUNDS = 40;
/** Each has a history to be walked. */
const FEW_RISKS = 8;

const randomWalk = fc.record({ limit: fc.constantFrom(13, 200), takesSnapshots: fc.boolean() });
const givenWith = (register: fc.Arbitrary<RandomRegister>) =>
  fc.record({ register, changes: randomChanges, filters: randomFilters, view: randomView, walk: randomWalk });
type Given = ReturnType<typeof givenWith> extends fc.Arbitrary<infer Random> ? Random : never;

describe('random registers', () => {
  const seen = { changes: 0, risks: 0, mitigations: 0, filtered: 0, histories: 0 };
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  const hold = (register: fc.Arbitrary<RandomRegister>, usual: number): Promise<void> =>
    fc.assert(
      fc.asyncProperty(givenWith(register), (random) => onOneDay((today) => holdsFor(random, today))),
      rounds(usual),
    );

  it(
    'have in every number of the dashboard what the lists count, as far as each caller reaches',
    async () => {
      await hold(randomRegister, ROUNDS);
      expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
    },
    patienceMs(ROUNDS),
  );

  it('also have it where there are more categories than are shown', () => hold(diverseRegister, 1), patienceMs(1));

  async function holdsFor({ register, changes, filters, view, walk: { limit, takesSnapshots } }: Given, today: string) {
    const stored = await storeRegister(app, register, today);
    const { clients, userIds } = stored;
    if (takesSnapshots) await takeSnapshots(stored);
    // So that there is something in the cache for the changes to evict.
    await answersFor(clients.team, view, today);
    for (const change of changes) if ((await carryOut(change, stored))?.status.toString()[0] === '2') seen.changes++;

    const everything = await listsOf(clients.whole, limit);
    const reached = {
      whole: everything,
      team: within(everything, [userIds.team, userIds.colleague]),
      own: within(everything, [userIds.own]),
    };
    for (const caller of CALLERS) {
      const lists = await listsOf(clients[caller], limit);
      expect({ caller, ...lists }).toEqual({ caller, ...reached[caller] });
      const { shown, counted } = compared(await answersFor(clients[caller], view, today), lists, view, stored);
      expect({ caller, ...shown }).toEqual({ caller, ...counted });
      await filterHolds('risks', clients[caller], lists.risks, filters[caller].risks, stored);
      await filterHolds('mitigations', clients[caller], lists.mitigations, filters[caller].mitigations, stored);
      seen.mitigations += lists.mitigations.length;
    }
    seen.risks += everything.risks.length;
    if (stored.riskIds.length <= FEW_RISKS) await eventsHold(stored, limit, view.days);
  }

  async function filterHolds<Item extends { readonly id: string }>(
    list: 'risks' | 'mitigations',
    client: ApiClient,
    all: readonly Item[],
    conditions: readonly Condition<Item>[],
    stored: StoredRegister,
  ): Promise<void> {
    const query = Object.fromEntries(conditions.map(({ name, valueIn }) => [name, valueIn(stored)]));
    const { items, total } = await walk(client, `/api/v1/${list}`, { ...query, limit: 50 });
    const expected = all.filter((item) => conditions.every(({ holdsFor }) => holdsFor(item, stored)));
    const ids = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id).sort();
    expect({ query, ids: ids(items), total }).toEqual({ query, ids: ids(expected), total: expected.length });
    seen.filtered += total;
  }

  /** What has happened to deleted risks counts, too, but no list tells of it: so they come back first. */
  async function eventsHold({ clients, riskIds, today }: StoredRegister, limit: number, days: number): Promise<void> {
    for (const id of riskIds) await clients.whole.post(`/api/v1/risks/${id}/restore`);
    const lists = await listsOf(clients.whole, limit);
    const events = await countedEvents(clients.whole, lists, days, today);
    expect(await shownEvents(clients.whole, days, today)).toEqual(events);
    seen.histories += lists.risks.length;
  }

  const takeSnapshots = ({ tenantId }: StoredRegister): Promise<unknown> =>
    runInContext({ requestId: 'job', tenantId }, () => app.app.get(DailySnapshots).take({ period: new Date() }));
});

/** Again on the next day when midnight (UTC) came in between. */
async function onOneDay(work: (today: string) => Promise<void>): Promise<void> {
  const today = utcToday();
  try {
    await work(today);
  } catch (error) {
    if (utcToday() === today) throw error;
    await work(utcToday());
  }
}
