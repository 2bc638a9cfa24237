import fc from 'fast-check';
import { Random } from '../history/random';
import { walkUnderWrites } from '../paging/walks';
import {
  assetWorld,
  commentWorld,
  historyWorld,
  jobWorld,
  mitigationWorld,
  riskWorld,
  teamWorld,
} from '../paging/worlds';
import { patienceMs, rounds } from '../support/rounds';
import { createTestApp, type TestApp } from '../support/test-app';

const WALKS = 1;
const randomWalk = fc.record({ limit: fc.integer({ min: 1, max: 7 }), seed: fc.integer() });
const worlds = { riskWorld, mitigationWorld, assetWorld, commentWorld, teamWorld, historyWorld, jobWorld };

describe('a list that is walked with cursors, while rows are added, changed, deleted and restored', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  describe.each(Object.entries(worlds))('in the %s', (_name, open) => {
    it(
      'shows each row that was there all the time once, in order, on the way to the end and back',
      async () => {
        const shared = await open(app, new Random(1));
        for (const [index, { sorts = [undefined] }] of shared.lists.entries()) {
          for (const sort of sorts) {
            const property = fc.asyncProperty(randomWalk, async ({ limit, seed }) => {
              const world = shared.grows ? await open(app, new Random(seed)) : shared;
              const list = world.lists[index]!;
              const walked = await walkUnderWrites(world, list, { limit, sort }, new Random(seed));
              const { stayed } = walked;
              const expected = { ...walked, forwards: stayed, backwards: stayed, faults: [] };
              expect({ ...list, sort, ...walked }).toEqual({ ...list, sort, ...expected });
              expect(stayed.length).toBeGreaterThan(3);
            });
            await fc.assert(property, rounds(WALKS));
          }
        }
      },
      5 * patienceMs(WALKS),
    );
  });
});
