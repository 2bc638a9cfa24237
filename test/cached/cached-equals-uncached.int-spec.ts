import { sharedRedisUrl } from '../support/redis-server';
import { compare } from './comparison';
import { tallyProblems } from './told';

jest.setTimeout(300_000);

/** More steps: npm run check:cached. */
describe('after every write, what caches answer is what is answered without any', () => {
  const stores = sharedRedisUrl === undefined ? (['memory'] as const) : (['memory', 'redis'] as const);
  it.each(stores)('over %s', async (store) => {
    const seed = Math.floor(Math.random() * 1e6);
    const tally = await compare(30, seed, store, () => undefined);
    expect({ seed, problems: tallyProblems(tally) }).toEqual({ seed, problems: [] });
  });
});
