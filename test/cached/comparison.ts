import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../history/random';
import { ApiClient, type ApiAnswer } from '../support/api-client';
import { customMember, team } from '../support/custom-member';
import { operationsOf } from '../support/operations';
import { json, openSource, type SourceServer } from '../support/source-server';
import { sharedCache } from '../support/shared-cache';
import { createTestApp, type TestApp } from '../support/test-app';
import { jobs, withQueue } from './jobs';
import { readsOf } from './reads';
import type { Tally } from './told';
import { World } from './world';
import { excluded, writes } from './writes';

/** Reads that are compared after each write. */
const COMPARED = 10;
/** Of them, those that nobody has asked for of late; caches know the others. */
const FRESH = 2;
const REMEMBERED = 40;
const MOST_DIFFERENCES = 5;
const PATIENCE_MS = 60_000;
const READERS = ['risk:read', 'mitigation:read', 'dashboard:read', 'asset:read'];
/** What there is to write about before anything else. */
const BEGINNING = ['createAsset', 'createTeam', 'createRole', 'createCustomField', 'createRisk', 'createMitigation'];

interface Read {
  readonly path: string;
  readonly token: string;
}

/**
 * Writes at random, and after each write compares what the caches answer with what is answered without any: two instances
 * on one Redis, or one with its memory, beside one with the cache switched off, all on one database.
 */
export async function compare(
  steps: number,
  seed: number,
  store: 'redis' | 'memory',
  say: (text: string) => void,
): Promise<Tally> {
  const source = await openSource();
  // A long run outlives the tokens that people are given.
  const env = {
    AUTH_ACCESS_TOKEN_TTL_SECONDS: '86400',
    OUTBOUND_ALLOWED_ADDRESSES: source.host,
    ...(store === 'redis' ? sharedCache() : { CACHE_STORE: 'memory' }),
  };
  const one = await createTestApp({ env });
  const other = store === 'redis' ? await createTestApp({ env, sharing: one }) : one;
  const uncached = await createTestApp({ env: { ...env, CACHE_ENABLED: 'false' }, sharing: one });
  try {
    await assertComplete(uncached);
    const cached = one === other ? [one] : [one, other];
    const comparison = new Comparison(cached, uncached, new Random(seed), await readersOf(uncached), source);
    return await withQueue(cached, () => comparison.run(steps, say));
  } finally {
    await uncached.close();
    if (other !== one) await other.close();
    await one.close();
    await source.close();
  }
}

class Comparison {
  private readonly tally = { steps: 0, compared: 0, hits: 0, writes: new Map(), differences: [] } as Mutable<Tally>;
  private readonly recent: Read[] = [];
  private readonly world: World;
  private readonly names = [...Object.keys(writes), ...Object.keys(jobs)];

  constructor(
    private readonly cached: readonly TestApp[],
    private readonly uncached: TestApp,
    private readonly random: Random,
    private readonly readers: readonly { readonly userId: string; readonly token: string }[],
    source: SourceServer,
  ) {
    const people = readers.map(({ userId }) => userId);
    this.world = new World(random, uncached.acme.id, people, source.url);
    source.answer = (request, response) => json(this.world.feed())(request, response);
  }

  async run(steps: number, say: (text: string) => void): Promise<Tally> {
    const { tally } = this;
    const { body } = await this.uncached.as('admin').get('/api/v1/risk-settings');
    this.world.settingsBefore(body as never);
    for (const name of BEGINNING) await this.write(name);
    while (tally.steps < steps && tally.differences.length < MOST_DIFFERENCES) {
      const often = this.random.chance(0.25);
      const what = await this.write(
        this.random.pick(often ? ['createRisk', 'updateRisk', 'createMitigation'] : this.names),
      );
      await Promise.all(this.readsNow().map((read) => this.compareOne(read, what)));
      tally.steps++;
      if (tally.steps % 500 === 0) say(`  ${tally.steps} steps, ${tally.compared} comparisons, ${tally.hits} hits`);
    }
    return tally;
  }

  /** @returns what was done, for people */
  private async write(name: string): Promise<string> {
    const { tally, world } = this;
    const app = this.random.pick(this.cached);
    const count = tally.writes.get(name) ?? { tried: 0, made: 0 };
    tally.writes.set(name, count);
    count.tried++;
    const write = writes[name]?.(world);
    if (!write) {
      await jobs[name]?.(app, world);
      count.made++;
      return name;
    }
    const { method, path, body, headers = {}, as = 'admin' } = write;
    const answer = await app.as(as).send(method, path, body, headers);
    const what = `${method} ${path} ${JSON.stringify(body)}`;
    if (answer.status >= 500 && answer.status !== 503)
      tally.differences.push(`${what}: ${answer.status} ${answer.text}`);
    if (answer.status >= 300) return what;
    count.made++;
    world.learn(name, write, (answer.body ?? {}) as { id?: string });
    if (name === 'createSubAction') {
      const { body: listed } = await this.uncached.as('admin').get(path);
      for (const { id } of (listed.items ?? []) as { id: string }[]) world.found('sub-actions', `${path}/${id}`);
    }
    return what;
  }

  /** Most of them asked before, so that caches know them. */
  private readsNow(): Read[] {
    const { random, recent } = this;
    const paths = readsOf(this.world);
    const fresh = Array.from({ length: FRESH }, () => ({
      path: random.pick(paths),
      token: random.pick(this.readers).token,
    }));
    recent.push(...fresh);
    recent.splice(0, recent.length - REMEMBERED);
    return [...fresh, ...Array.from({ length: COMPARED - FRESH }, () => random.pick(recent))];
  }

  private async compareOne({ path, token }: Read, what: string): Promise<void> {
    const { tally } = this;
    const ask = ({ url }: TestApp) => answerOf(new ApiClient(url, token), path);
    const [expected, ...answers] = await Promise.all([ask(this.uncached), ...this.cached.map(ask)]);
    for (const answer of answers) {
      tally.compared++;
      if (answer.headers.get('x-cache') === 'HIT') tally.hits++;
      if (answer.status === expected.status && (answer.status !== 200 || answer.text === expected.text)) continue;
      tally.differences.push(`step ${tally.steps}, after ${what}: ${path}\n  ${answer.text}\n  ${expected.text}`);
    }
  }
}

/** Asked again while the machine is too busy to answer: only what is answered can be compared. */
async function answerOf(client: ApiClient, path: string): Promise<ApiAnswer> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await client.get(path);
    if (answer.status !== 503 || Date.now() > giveUpAt) return answer;
    await pause(500);
  }
}

/** Somebody of each reach. */
async function readersOf(app: TestApp): Promise<{ userId: string; token: string }[]> {
  const { acme } = app;
  const reaching = (reach: string) =>
    customMember(
      app,
      acme,
      READERS.map((permission) => `${permission}:${reach}`),
    );
  const [own, ofTeam] = [await reaching('own'), await reaching('team')];
  await team(app, acme, ofTeam.userId, own.userId);
  return [
    ...[own, ofTeam].map(({ userId, client }) => ({ userId, token: String(client.token) })),
    ...(['viewer', 'admin'] as const).map((role) => ({
      userId: acme.userIds[role],
      token: String(app.as(role).token),
    })),
  ];
}

/** @throws Error naming operations that nobody has thought of */
async function assertComplete(app: TestApp): Promise<void> {
  const operations = (await operationsOf(app)).filter(({ method }) => method !== 'GET');
  const ids = operations.map(({ described }) => described.operationId ?? '');
  const known = [...Object.keys(writes), ...Object.keys(excluded)];
  const missing = ids.filter((id) => !known.includes(id));
  const gone = known.filter((id) => !ids.includes(id));
  if (missing.length + gone.length > 0) {
    throw new Error(
      `Neither among the writes nor excluded: ${missing.join()}; there is no such operation: ${gone.join()}`,
    );
  }
}

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
