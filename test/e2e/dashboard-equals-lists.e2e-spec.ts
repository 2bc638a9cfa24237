import fc from 'fast-check';
import { runInContext } from '../../src/context/request-context';
import { DailySnapshots } from '../../src/dashboard/days/daily-snapshots';
import { utcToday } from '../../src/http/period';
import { answersFor, compared, randomView } from '../registers/dashboard-numbers';
import { countedEvents, shownEvents } from '../registers/events';
import { listsOf, walk } from '../registers/lists';
import { carryOut, randomChanges } from '../registers/random-change';
import { matching, queryOf, randomFilters } from '../registers/random-filter';
import { randomRegister } from '../registers/random-register';
import { CALLERS, storeRegister, type StoredRegister } from '../registers/stored-register';
import { patienceMs, rounds } from '../support/rounds';
import { createTestApp, type TestApp } from '../support/test-app';

const ROUNDS = 40;
const FEW_RISKS = 8;

const randomWalk = fc.record({ limit: fc.constantFrom(13, 200), takesSnapshots: fc.boolean() });

describe('random registers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  const takeSnapshots = ({ tenantId }: StoredRegister): Promise<unknown> =>
    runInContext({ requestId: 'job', tenantId }, () => app.app.get(DailySnapshots).take({ period: new Date() }));

  it(
    'have in every number of the dashboard what the lists count, as far as each caller reaches',
    async () => {
      const seen = { changes: 0, risks: 0, mitigations: 0, filtered: 0, histories: 0 };
      await fc.assert(
        fc.asyncProperty(
          ...[randomRegister, randomChanges, randomFilters, randomView, randomWalk],
          async (register, changes, filters, view, { limit, takesSnapshots }) => {
            const stored = await storeRegister(app, register, utcToday());
            if (takesSnapshots) await takeSnapshots(stored);
            // So that what is asked for afterwards has to be counted anew.
            await answersFor(stored.clients.team, view, stored.today);
            for (const change of changes)
              if ((await carryOut(change, stored))?.status.toString()[0] === '2') seen.changes++;

            for (const caller of CALLERS) {
              const client = stored.clients[caller];
              const lists = await listsOf(client, limit);
              const { shown, counted } = compared(await answersFor(client, view, stored.today), lists, view, stored);
              expect({ caller, ...shown }).toEqual({ caller, ...counted });
              seen.risks += lists.risks.length;
              seen.mitigations += lists.mitigations.length;

              for (const kind of ['risks', 'mitigations'] as const) {
                const query = queryOf(filters[kind], stored);
                const { items, total } = await walk<{ id: string }>(client, `/api/v1/${kind}`, { ...query, limit });
                const expected =
                  kind === 'risks'
                    ? matching(lists.risks, filters.risks, stored)
                    : matching(lists.mitigations, filters.mitigations, stored);
                const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id).sort();
                expect({ caller, query, ids: ids(items), total }).toEqual({
                  caller,
                  query,
                  ids: ids(expected),
                  total: expected.length,
                });
                seen.filtered += total;
              }
            }

            if (stored.riskIds.length > FEW_RISKS) return;
            const { whole } = stored.clients;
            for (const id of stored.riskIds) await whole.post(`/api/v1/risks/${id}/restore`);
            const lists = await listsOf(whole, limit);
            const events = await countedEvents(whole, lists, view.days, stored.today);
            expect(await shownEvents(whole, view.days, stored.today)).toEqual(events);
            seen.histories += lists.risks.length;
          },
        ),
        rounds(ROUNDS),
      );
      for (const [what, count] of Object.entries(seen)) expect([what, count > ROUNDS]).toEqual([what, true]);
    },
    patienceMs(ROUNDS),
  );
});
