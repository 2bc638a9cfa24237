import { randomUUID } from 'node:crypto';
import { Database } from '../../src/database/database';
import { addRisk } from '../factories/risk';
import type { Random } from '../history/random';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import type { TestApp } from '../support/test-app';
import type { World } from './walks';

const STAYING = 9;
const TOUCHABLE = 6;

const anyVersion = { 'if-match': '*' };
const both = (...fields: string[]): string[] => fields.flatMap((field) => [field, `-${field}`]);

/** How rows of one kind are written. */
interface Writer {
  /** @returns the id */
  readonly add: (random: Random) => Promise<string>;
  readonly change: (id: string, random: Random) => Promise<unknown>;
  readonly remove: (id: string) => Promise<unknown>;
  readonly restore?: (id: string) => Promise<unknown>;
}

/** Rows that stay as they are, and between them others that are changed, deleted, restored and added. */
async function changing(
  random: Random,
  { add, change, remove, restore }: Writer,
): Promise<Omit<World, 'client' | 'lists'>> {
  const touchable = new Set<string>();
  const present: string[] = [];
  const deleted: string[] = [];
  const addTouchable = async (): Promise<void> => {
    const id = await add(random);
    touchable.add(id);
    present.push(id);
  };
  // One after the other: so they are of different ages.
  for (let count = 0; count < STAYING + TOUCHABLE; count++) await (count % 5 < 3 ? add(random) : addTouchable());

  const taken = (ids: string[]): string => ids.splice(Math.floor(random.next() * ids.length), 1)[0] ?? '';
  const write = async (): Promise<void> => {
    if (present.length > 0 && random.chance(0.6)) {
      const id = taken(present);
      await change(id, random);
      present.push(id);
    } else if (present.length > random.next() * 2 * TOUCHABLE) {
      const id = taken(present);
      await remove(id);
      deleted.push(id);
    } else if (restore && deleted.length > 0 && random.chance(0.6)) {
      const id = taken(deleted);
      await restore(id);
      present.push(id);
    } else await addTouchable();
  };
  return { touchable, write };
}

/** Over HTTP. @param path of the list, below which each row has its own unless it is `onesPath` */
function overHttp(client: ApiClient, path: string, bodyOf: (random: Random) => object, onesPath = path): Writer {
  return {
    add: async (random) => accepted(await client.post(path, bodyOf(random))).body.id as string,
    change: async (id, random) => accepted(await client.patch(`${onesPath}/${id}`, bodyOf(random), anyVersion)),
    remove: async (id) => accepted(await client.delete(`${onesPath}/${id}`, anyVersion)),
  };
}

function accepted(answer: ApiAnswer): ApiAnswer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

// With few different values, so that many rows are equal in what they are sorted by.
const number = (random: Random, most: number): number => 1 + Math.floor(random.next() * most);
const day = (random: Random, year: number): string | null =>
  random.chance(0.4) ? null : `${year}-01-0${number(random, 3)}`;

export async function riskWorld(app: TestApp, random: Random): Promise<World> {
  const client = app.as('admin');
  const path = '/api/v1/risks';
  const rating = (kind: string): object => {
    const [probability, impact] = random.chance(0.4) ? [null, null] : [number(random, 2), number(random, 2)];
    return { [`${kind}Probability`]: probability, [`${kind}Impact`]: impact };
  };
  const writer = overHttp(client, path, () => ({
    ...{ title: `Title ${number(random, 4)}`, probability: number(random, 2), impact: number(random, 2) },
    ...{ ...rating('residual'), ...rating('target'), dueDate: day(random, 2030), nextReviewAt: day(random, 2020) },
  }));
  const restore = async (id: string): Promise<unknown> => accepted(await client.post(`${path}/${id}/restore`));
  const fields = [
    'score',
    'residualScore',
    'targetScore',
    'title',
    'probability',
    'impact',
    'createdAt',
    'updatedAt',
    'dueDate',
  ];
  const lists = [
    { path, sorts: [...both(...fields), '-score,title', 'dueDate,-createdAt', '-residualScore,title,-updatedAt'] },
    { path: `${path}/reviews/overdue`, order: 'nextReviewAt' },
  ];
  return { client, lists, ...(await changing(random, { ...writer, restore })) };
}

export async function mitigationWorld(app: TestApp, random: Random): Promise<World> {
  const client = app.as('admin');
  const ofRisk = `/api/v1/risks/${(await addRisk(client)).id}/mitigations`;
  const path = '/api/v1/mitigations';
  const body = (): object => ({
    ...{ title: `Title ${number(random, 4)}`, progress: 10 * number(random, 3), dueDate: day(random, 2030) },
    ...{ cost: number(random, 3), durationDays: number(random, 3) },
  });
  const sorts = both('createdAt', 'updatedAt', 'dueDate', 'title', 'progress', 'cost', 'durationDays');
  const lists = [
    { path, sorts: [...sorts, 'cost,-dueDate'] },
    { path: ofRisk, order: 'createdAt' },
  ];
  return { client, lists, ...(await changing(random, overHttp(client, ofRisk, body, path))) };
}

export async function assetWorld(app: TestApp, random: Random): Promise<World> {
  const client = app.as('admin');
  const path = '/api/v1/assets';
  const body = (): object => ({ name: `Name ${number(random, 4)}`, type: `Type ${number(random, 3)}` });
  const sorts = [...both('name', 'type', 'createdAt', 'updatedAt'), 'type,-name'];
  return { client, lists: [{ path, sorts }], ...(await changing(random, overHttp(client, path, body))) };
}

export async function commentWorld(app: TestApp, random: Random): Promise<World> {
  const client = app.as('admin');
  const path = `/api/v1/risks/${(await addRisk(client)).id}/comments`;
  const body = (): object => ({ text: `Text ${number(random, 1000)}` });
  return { client, lists: [{ path, order: 'createdAt' }], ...(await changing(random, overHttp(client, path, body))) };
}

/** Sorted by names, which are unique. */
export async function teamWorld(app: TestApp, random: Random): Promise<World> {
  const client = app.as('admin');
  const path = '/api/v1/rbac/teams';
  const teams = await changing(
    random,
    overHttp(client, path, () => ({ name: `Team ${number(random, 1e9)}` })),
  );
  return { client, lists: [{ path, order: 'name' }], ...teams };
}

/** Versions of one risk, and what the audit log says of it. */
export async function historyWorld(app: TestApp, random: Random): Promise<World> {
  const client = app.as('admin');
  const { id } = await addRisk(client);
  const path = `/api/v1/risks/${id}`;
  const write = async (): Promise<void> => {
    accepted(await client.patch(path, { title: randomUUID(), impact: number(random, 5) }, anyVersion));
  };
  for (let version = 1; version < STAYING; version++) await write();
  const lists = [
    { path: `${path}/history`, order: '-version' },
    { path: '/api/v1/audit-logs', query: { resourceId: id }, order: '-at' },
  ];
  return { client, lists, touchable: new Set(), grows: true, write };
}

/** Jobs as workers and the clean-up leave them; some were started in the same millisecond. */
export async function jobWorld(app: TestApp, random: Random): Promise<World> {
  const database = app.app.get(Database);
  const sql = (statement: string, ...values: unknown[]): Promise<unknown> =>
    database.transaction((tx) => tx.query(statement, [tx.tenantId, ...values]), { tenantId: app.acme.id });
  const writer: Writer = {
    add: async () => {
      const id = randomUUID();
      const at = `date_trunc('second', now()) - ${number(random, 3)} * interval '1 second'`;
      await sql(`INSERT INTO background_jobs (tenant_id, id, kind, created_at) VALUES ($1, $2, 'test', ${at})`, id);
      return id;
    },
    change: (id) => sql('UPDATE background_jobs SET done = done + 1 WHERE tenant_id = $1 AND id = $2', id),
    remove: (id) => sql('DELETE FROM background_jobs WHERE tenant_id = $1 AND id = $2', id),
  };
  return {
    client: app.as('admin'),
    lists: [{ path: '/api/v1/jobs', order: '-createdAt' }],
    ...(await changing(random, writer)),
  };
}
