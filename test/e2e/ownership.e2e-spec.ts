import type { RiskResponse } from '../../src/risk/risk.dto';
import { addRisk, ifVersion, riskRequest } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { customMember, team } from '../support/custom-member';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const risks = '/api/v1/risks';
const seeing = (scope: string): string[] => [`risk:read:${scope}`, `dashboard:read:${scope}`];

/** What tells of more risks than one, and of one. */
const derived = [
  ...['?limit=200&total=true', '?limit=3&page=2&total=true', '?q=shared&sort=title', '?overdue=true&total=true'],
  ...['/search?q=shared&limit=50', '/search?q=shard', '/matrix', '/matrix?period=quarter'],
].map((path) => risks + path);
const dashboard = [
  '',
  '?period=week',
  '?period=month',
  '/risk-matrix',
  '/trends?days=90',
  '/timeline?days=90',
  '/risk-distribution',
  '/top-risks',
  '/mitigation-metrics',
  '/timeseries?metric=risks&groupBy=status',
].map((path) => `/api/v1/stats${path}`);
const single = ['', '/history?total=true', '/score', '/transitions'];

describe('what people own', () => {
  let app: TestApp;
  let uncached: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
    uncached = await createTestApp({ sharing: app, env: { CACHE_ENABLED: 'false' } });
  });
  afterAll(async () => {
    await uncached.close();
    await app.close();
  });

  const sql = (text: string, values: unknown[] = []): Promise<unknown> =>
    withClient(app.database.adminUrl, (client) => client.query(text, values));

  /** A risk of each: owned, assigned, of a mate, of somebody else, of nobody. */
  async function plant(
    me: string,
    mate: string,
  ): Promise<Record<'owned' | 'assigned' | 'mates' | 'others' | 'nobodys', RiskResponse>> {
    const { analyst, viewer } = app.acme.userIds;
    const add = (title: string, ownerId: string | null, assigneeId: string | null, rating: 1 | 2 | 3 | 4 | 5) =>
      addRisk(app.as('admin'), {
        ...{ title: `shared ${title}`, ownerId, assigneeId, probability: rating, impact: rating },
        dueDate: '2020-01-01',
      });
    const planted = {
      owned: await add('owned', me, analyst, 1),
      assigned: await add('assigned', viewer, me, 2),
      mates: await add('of my mate', mate, null, 3),
      others: await add('of others', analyst, viewer, 4),
      nobodys: await add('of nobody', null, null, 5),
    };
    for (const { id } of Object.values(planted)) {
      await app.as('admin').post(`${risks}/${id}/mitigations`, { title: 'Planned' });
      await app.as('admin').post(`${risks}/${id}/transition`, { status: 'IDENTIFIED' }, ifVersion(1));
    }
    const deleted = [await add('deleted', me, null, 5), await add('deleted too', analyst, null, 5)];
    for (const { id } of deleted) await app.as('admin').delete(`${risks}/${id}`, ifVersion(1));
    const ids = [...Object.values(planted), ...deleted].map(({ id }) => id);
    // So that there is something to compare with: all of them are 40 days old, the first changes 20 days.
    await sql(`UPDATE risks SET created_at = created_at - interval '40 days' WHERE id = ANY ($1)`, [ids]);
    await sql(
      `UPDATE risk_history SET at = at - CASE version WHEN 1 THEN 40 ELSE 20 END * interval '1 day' WHERE risk_id = ANY ($1)`,
      [ids],
    );
    return planted;
  }

  const told = async (client: ApiClient, paths: string[]): Promise<Record<string, string>> => {
    const answers = await Promise.all(paths.map(async (path) => [path, await client.get(path)] as const));
    return Object.fromEntries(answers.map(([path, { status, text }]) => [path, status === 200 ? text : `${status}`]));
  };

  it('is all there is for them, in everything that is told: as if the rest did not exist', async () => {
    const me = await customMember(app, app.acme, seeing('own'));
    const mate = await customMember(app, app.acme, seeing('team'));
    await team(app, app.acme, me.userId, mate.userId);
    const planted = await plant(me.userId, mate.userId);
    const paths = [
      ...derived,
      ...dashboard,
      ...Object.values(planted).flatMap(({ id }) => single.map((path) => `${risks}/${id}${path}`)),
    ];
    const everything = await told(app.as('viewer'), paths);
    const ofTeam = await told(mate.client, paths);
    const own = await told(me.client, paths);
    for (const path of [...derived, ...dashboard]) {
      expect(ofTeam[path]).not.toBe('403');
      expect([path, ofTeam[path]]).not.toEqual([path, everything[path]]);
      expect([path, own[path]]).not.toEqual([path, ofTeam[path]]);
    }

    const reader = uncached.as('viewer');
    const remove = (people: string[]): Promise<unknown> =>
      sql('DELETE FROM risks WHERE (owner_id = ANY ($1) OR assignee_id = ANY ($1)) IS NOT TRUE', [people]);
    await remove([me.userId, mate.userId]);
    expect(ofTeam).toEqual(await told(reader, paths));
    await remove([me.userId]);
    expect(own).toEqual(await told(reader, paths));
    expect(Object.values(own).filter((text) => text === '404')).toHaveLength(3 * single.length);
  });

  it('is answered from one entry for those who see the same', async () => {
    const [one, two, three] = [
      await customMember(app, app.acme, seeing('team')),
      await customMember(app, app.acme, seeing('team')),
      await customMember(app, app.acme, seeing('own')),
    ];
    await team(app, app.acme, one.userId, two.userId);
    for (const path of [`${risks}?limit=19`, '/api/v1/stats/trends?days=33']) {
      const cacheOf = async (client: ApiClient) => (await client.get(path)).headers.get('x-cache');
      expect([await cacheOf(one.client), await cacheOf(two.client), await cacheOf(three.client)]).toEqual([
        'MISS',
        'HIT',
        'MISS',
      ]);
      expect([await cacheOf(app.as('viewer')), await cacheOf(app.as('admin'))]).toEqual(['MISS', 'HIT']);
      expect(await cacheOf(three.client)).toBe('HIT');
    }
  });

  it('changes hands at once, however hot the caches', async () => {
    const [from, to] = [
      await customMember(app, app.acme, seeing('own')),
      await customMember(app, app.acme, seeing('own')),
    ];
    const { id } = await addRisk(app.as('admin'), { title: 'Handed over', ownerId: from.userId });
    const seen = async ({ client }: { client: ApiClient }): Promise<unknown[]> => {
      const [one, list, stats] = [
        await client.get(`${risks}/${id}`),
        await client.get(risks),
        await client.get('/api/v1/stats'),
      ];
      return [one.status, list.body.items.length, stats.body.totalRisks];
    };
    expect([await seen(from), await seen(to)]).toEqual([
      [200, 1, 1],
      [404, 0, 0],
    ]);
    await app.as('admin').patch(`${risks}/${id}`, { ownerId: to.userId }, ifVersion(1));
    expect([await seen(from), await seen(to)]).toEqual([
      [404, 0, 0],
      [200, 1, 1],
    ]);
    await app.as('admin').patch(`${risks}/${id}`, { assigneeId: from.userId }, ifVersion(2));
    expect([await seen(from), await seen(to)]).toEqual([
      [200, 1, 1],
      [200, 1, 1],
    ]);
  });

  type Act = (client: ApiClient, id: string) => Promise<{ status: number }>;
  const acts: Record<string, Act> = {
    read: (client, id) => client.get(`${risks}/${id}`),
    update: (client, id) => client.patch(`${risks}/${id}`, { impact: 2 }, { 'if-match': '*' }),
    transition: (client, id) => client.post(`${risks}/${id}/transition`, { status: 'CLOSED' }, { 'if-match': '*' }),
    'update in bulk': async (client, id) => {
      const operations = [{ op: 'update', id, change: { impact: 4 } }];
      const answer = await client.post(`${risks}/bulk`, { atomic: false, operations });
      return { status: answer.status === 200 ? (answer.body.results[0].status as number) : answer.status };
    },
    'delete in bulk': async (client, id) => {
      const answer = await client.post(`${risks}/bulk`, { atomic: false, operations: [{ op: 'delete', id }] });
      return { status: answer.status === 200 ? (answer.body.results[0].status as number) : answer.status };
    },
    delete: (client, id) => client.delete(`${risks}/${id}`, { 'if-match': '*' }),
    restore: (client, id) => client.post(`${risks}/${id}/restore`),
  };

  /** In the order of: owned, assigned, a mate's, others', nobody's. `-` is any success, and the rest are statuses. */
  it.each<[string[], Record<string, string>]>([
    [
      ['risk:read:tenant', 'risk:update:own', 'risk:delete:team'],
      {
        ...{ read: '- - - - -', update: '- - 403 403 403', transition: '- - 403 403 403' },
        ...{ 'update in bulk': '- - 403 403 403', 'delete in bulk': '- - - 403 403' },
        ...{ delete: '- - - 403 403', restore: '- - - 403 403' },
      },
    ],
    [
      ['risk:read:team', 'risk:update:team', 'risk:delete:own'],
      {
        ...{ read: '- - - 404 404', update: '- - - 404 404', transition: '- - - 404 404' },
        ...{ 'update in bulk': '- - - 404 404', 'delete in bulk': '- - 403 404 404' },
        ...{ delete: '- - 403 404 404', restore: '- - 403 404 404' },
      },
    ],
    [
      ['risk:read:own', 'risk:update:tenant', 'risk:delete:tenant'],
      {
        ...{ read: '- - 404 404 404', update: '- - 404 404 404', transition: '- - 404 404 404' },
        ...{ 'update in bulk': '- - 404 404 404', 'delete in bulk': '- - 404 404 404' },
        ...{ delete: '- - 404 404 404', restore: '- - 404 404 404' },
      },
    ],
    [
      ['risk:update:tenant', 'risk:delete:tenant'],
      {
        ...{ read: '403 403 403 403 403', update: '404 404 404 404 404', transition: '404 404 404 404 404' },
        ...{ 'update in bulk': '404 404 404 404 404', delete: '404 404 404 404 404', restore: '404 404 404 404 404' },
      },
    ],
  ])('may be worked with as %j say', async (permissions, expected) => {
    const me = await customMember(app, app.acme, permissions);
    const mate = await customMember(app, app.acme, []);
    await team(app, app.acme, me.userId, mate.userId);
    const outcomes: Record<string, string> = {};
    for (const act of Object.keys(expected)) {
      const planted = Object.values(await plant(me.userId, mate.userId));
      if (act === 'restore') for (const { id } of planted) await acts['delete']?.(app.as('admin'), id);
      const statuses = planted.map(async ({ id }) => (await acts[act]?.(me.client, id))?.status ?? 0);
      outcomes[act] = (await Promise.all(statuses)).map((status) => (status < 300 ? '-' : String(status))).join(' ');
    }
    expect(outcomes).toEqual(expected);
  });

  it('is 404, whatever the version, for who may not see it', async () => {
    const { client } = await customMember(app, app.acme, ['risk:read:own', 'risk:update:own']);
    const { id } = await addRisk(app.as('admin'));
    const stale = await client.patch(`${risks}/${id}`, { impact: 1 }, ifVersion(7));
    expect([stale.status, stale.headers.get('etag')]).toEqual([404, null]);
  });

  it.each<[string, (me: string, mate: string) => object, [own: number, team: number]]>([
    ['names no owner', () => ({}), [201, 201]],
    ['is owned by the maker', (me) => ({ ownerId: me }), [201, 201]],
    ['is owned by a team mate', (_me, mate) => ({ ownerId: mate }), [403, 201]],
    ['is owned by somebody else', () => ({ ownerId: app.acme.userIds.viewer }), [403, 403]],
    [
      "is somebody else's, assigned to the maker",
      (me) => ({ ownerId: app.acme.userIds.viewer, assigneeId: me }),
      [403, 403],
    ],
    ['is owned by nobody', () => ({ ownerId: null }), [403, 403]],
  ])('may be added with a permission for own or team things when it %s', async (_what, request, statuses) => {
    const mate = await customMember(app, app.acme, []);
    const made = ['own', 'team'].map(async (scope) => {
      const me = await customMember(app, app.acme, [`risk:create:${scope}`]);
      await team(app, app.acme, me.userId, mate.userId);
      const answer = await me.client.post(risks, riskRequest(request(me.userId, mate.userId)));
      if (answer.status === 201) expect([me.userId, mate.userId]).toContain(answer.body.ownerId);
      else expect(answer.body).toMatchObject({ code: 'rbac.forbidden', permission: 'risk:create' });
      return answer.status;
    });
    expect(await Promise.all(made)).toEqual(statuses);
  });

  it('may not be given away by who may change only what is theirs', async () => {
    const me = await customMember(app, app.acme, ['risk:read:tenant', 'risk:update:own']);
    const { id } = await addRisk(app.as('admin'), { ownerId: me.userId });
    const away = { ownerId: app.acme.userIds.viewer };
    expect((await me.client.patch(`${risks}/${id}`, away, ifVersion(1))).status).toBe(403);
    expect((await me.client.patch(`${risks}/${id}`, { ...away, assigneeId: me.userId }, ifVersion(1))).status).toBe(
      200,
    );
  });

  it('is not found again by who may add and change more than they see', async () => {
    const me = await customMember(app, app.acme, ['risk:read:own', 'risk:create:tenant', 'risk:update:tenant']);
    const made = await me.client.post(risks, riskRequest({ ownerId: app.acme.userIds.viewer }));
    const path = `${risks}/${made.body.id}`;
    expect([made.status, (await me.client.get(path)).status]).toEqual([201, 404]);
    const { id } = await addRisk(app.as('admin'), { ownerId: me.userId });
    await me.client.patch(`${risks}/${id}`, { ownerId: null }, ifVersion(1));
    expect((await me.client.get(`${risks}/${id}`)).status).toBe(404);
    expect((await app.as('viewer').get(`${risks}/${id}`)).body).toMatchObject({ ownerId: null, version: 2 });
  });

  it('is all that an import changes; what it adds is theirs', async () => {
    const me = await customMember(app, app.acme, ['risk:read:tenant', 'risk:create:own', 'risk:update:own']);
    const csv = { 'content-type': 'text/csv' };
    const head = 'title,probability,impact,externalId\n';
    await app.as('admin').post(`${risks}/import`, `${head}Theirs,1,1,OWN-1\n`, csv);
    const file = `${head}Taken over,5,5,OWN-1\nMine,2,2,OWN-2\n`;
    const first = await me.client.post(`${risks}/import`, file, csv);
    expect(first.body.counts).toMatchObject({ created: 1, updated: 0, failed: 1 });
    expect(first.body.rows[0]).toMatchObject({ riskId: null, problems: [{ code: 'forbidden' }] });
    expect((await me.client.get(`${risks}/${first.body.rows[1].riskId}`)).body).toMatchObject({ ownerId: me.userId });
    expect((await me.client.post(`${risks}/import`, file, csv)).body.counts).toMatchObject({ unchanged: 1, failed: 1 });
  });
});
