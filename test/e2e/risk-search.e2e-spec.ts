import { addRisk, ifVersion } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

describe('searching risks', () => {
  let app: TestApp;
  let analyst: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    await addRisk(analyst, { title: 'Ransomware on file servers', description: 'Backups share the domain.' });
    await addRisk(analyst, { title: 'Weak passwords', description: 'Opens the door for ransomware.' });
    await addRisk(analyst, { title: 'Fire in the server room', category: 'Facilities' });
    await addRisk(analyst, { title: '<b>Bold</b> & "quoted"', externalId: 'CVE-2024-3094' });
    await addRisk(app.as('analyst', app.globex), { title: 'Ransomware elsewhere' });
    const gone = await addRisk(analyst, { title: 'Ransomware of the past' });
    await app.as('admin').delete(`/api/v1/risks/${gone.id}`, ifVersion(1));
  });
  afterAll(() => app.close());

  const found = async (q: string, limit = 20): Promise<string[]> => {
    const { body } = await analyst.get(`/api/v1/risks/search?q=${encodeURIComponent(q)}&limit=${limit}`);
    return body.items.map((item: { risk: { title: string } }) => item.risk.title);
  };

  it.each([
    ['words, the title before the description', 'ransomware', ['Ransomware on file servers', 'Weak passwords']],
    ['beginnings of words', 'ransom', ['Ransomware on file servers', 'Weak passwords']],
    ['all of several words', 'server fire', ['Fire in the server room']],
    ['words with a letter missing', 'ransomwre', ['Ransomware on file servers']],
    ['words with letters swapped', 'pasword', ['Weak passwords']],
    ['categories', 'facilities', ['Fire in the server room']],
    ['external ids', 'CVE-2024-3094', ['<b>Bold</b> & "quoted"']],
    ['beginnings of external ids', 'cve-2024-30', ['<b>Bold</b> & "quoted"']],
  ])('finds %s', async (_what, q, titles) => {
    const all = await found(q);
    expect(all.slice(0, titles.length)).toEqual(titles);
  });

  it('ranks whole words before those that begin so, whatever their scores', async () => {
    await addRisk(analyst, { title: 'Harbour pilotage', probability: 5, impact: 5 });
    await addRisk(analyst, { title: 'Harbour pilot', probability: 1, impact: 1 });
    await addRisk(analyst, { title: 'Harbour', description: 'Has a pilot.', probability: 5, impact: 5 });
    expect(await found('pilot')).toEqual(['Harbour pilot', 'Harbour pilotage', 'Harbour']);
  });

  it('finds what resembles the words only where hardly anything has them', async () => {
    const rows = (title: string, count: number) =>
      Array.from({ length: count }, (_, n) => ({ title, probability: 1, impact: 1, externalId: `${title} ${n}` }));
    const risks = [...rows('Refrigerant', 4), ...rows('Refrigrant', 1)];
    await app.as('admin').post('/api/v1/risks/import', { risks });
    expect(await found('refrigerant')).toEqual([...Array<string>(4).fill('Refrigerant'), 'Refrigrant']);
    await addRisk(analyst, { title: 'Refrigerant' });
    expect(await found('refrigerant')).toEqual(Array<string>(5).fill('Refrigerant'));
  });

  it.each(["'", '\\', '& | !', '(:*', '%', '"', '<script>', '🔥', "a'b\\c:*"])('takes %j for what it is', async (q) => {
    const answer = await analyst.get(`/api/v1/risks/search?q=${encodeURIComponent(q)}`);
    expect(answer.status).toBe(200);
  });

  it('finds an accent however it was typed, here, in the list, and in those of mitigations and assets', async () => {
    const spellings = ['Zo\u00eb\u2019s caf\u00e9', 'Zoe\u0308\u2019s cafe\u0301'];
    const [risk] = await Promise.all(spellings.map((title) => addRisk(analyst, { title })));
    for (const title of spellings) {
      await analyst.post('/api/v1/assets', { name: title, type: 'Site' });
      await analyst.post(`/api/v1/risks/${risk?.id}/mitigations`, { title });
    }
    for (const q of ['caf\u00e9', 'cafe\u0301', ...spellings]) {
      expect((await found(q)).toSorted()).toEqual(spellings.toSorted());
      for (const list of ['risks', 'assets', 'mitigations']) {
        const { body } = await analyst.get(`/api/v1/${list}?total=true&q=${encodeURIComponent(q)}`);
        expect({ list, q, total: body.total }).toEqual({ list, q, total: 2 });
      }
    }
  });

  it('stays in the tenant and finds nothing that was deleted', async () => {
    const titles = await found('ransomware', 50);
    expect(titles).not.toContain('Ransomware elsewhere');
    expect(titles).not.toContain('Ransomware of the past');
  });

  it('follows every change, also of many risks at once, and of who reaches them', async () => {
    const { client, userId } = await customMember(app, app.acme, ['risk:read:own']);
    const titlesOf = async (who: ApiClient, q: string): Promise<string[]> =>
      (await who.get(`/api/v1/risks/search?q=${q}`)).body.items.map(
        (hit: { risk: { title: string } }) => hit.risk.title,
      );
    const { id } = await addRisk(analyst, { title: 'Quicksand' });
    expect(await titlesOf(client, 'quicksand')).toEqual([]);
    await analyst.patch(`/api/v1/risks/${id}`, { ownerId: userId }, ifVersion(1));
    expect(await titlesOf(client, 'quicksand')).toEqual(['Quicksand']);
    await analyst.patch(`/api/v1/risks/${id}`, { title: 'Marsh', description: 'and bog' }, ifVersion(2));
    expect([await titlesOf(client, 'quicksand'), await titlesOf(client, 'bog')]).toEqual([[], ['Marsh']]);
    const admin = app.as('admin');
    await admin.delete(`/api/v1/risks/${id}`, ifVersion(3));
    expect(await titlesOf(analyst, 'marsh')).toEqual([]);
    await admin.post(`/api/v1/risks/${id}/restore`);
    expect(await titlesOf(client, 'marsh')).toEqual(['Marsh']);
    // As its owner and its assignee at once.
    await admin.patch(`/api/v1/risks/${id}`, { assigneeId: userId }, { 'if-match': '*' });
    expect((await admin.delete(`/api/v1/rbac/users/${userId}`, { 'if-match': '*' })).status).toBe(204);
    expect(await titlesOf(analyst, 'marsh')).toEqual(['Marsh']);
    const rows = Array.from({ length: 40 }, (_, index) => ({
      title: `Lagoon ${index}`,
      probability: 1,
      impact: 1,
      externalId: `l${index}`,
    }));
    await admin.post('/api/v1/risks/import', { risks: rows });
    expect(await titlesOf(analyst, 'lagoon&limit=50')).toHaveLength(40);
  });

  it('finds what is there however much more another tenant has', async () => {
    const others = Array.from({ length: 60 }, (_, index) => ({
      title: 'Heliport Heliport',
      probability: 5,
      impact: 5,
      externalId: `h${index}`,
    }));
    await app.as('admin', app.globex).post('/api/v1/risks/import', { risks: others });
    await addRisk(analyst, { title: 'The heliport of somebody' });
    expect(await found('heliport', 1)).toEqual(['The heliport of somebody']);
    expect(await found('helipotr', 1)).toEqual(['The heliport of somebody']);
  });

  it('keeps what is searched where the application itself cannot look', async () => {
    const asApplication = (sql: string) => withClient(app.database.applicationUrl, (client) => client.query(sql));
    await expect(asApplication('SELECT * FROM search.risk_documents')).rejects.toThrow('permission denied');
    const find = `SELECT * FROM search.find_risks(to_tsquery('simple', 'ransomware'), 'ransomware', NULL, 50)`;
    expect((await asApplication(find)).rows).toEqual([]);
  });

  it('marks what it found in text that is safe to show', async () => {
    const { body } = await analyst.get('/api/v1/risks/search?q=bold');
    expect(body.items[0].highlights).toEqual({
      title: '&lt;b&gt;<mark>Bold</mark>&lt;/b&gt; &amp; &quot;quoted&quot;',
      description: null,
    });
    const description = await analyst.get('/api/v1/risks/search?q=backup');
    expect(description.body.items[0].highlights.description).toBe('<mark>Backups</mark> share the domain.');
  });

  it('gives no more than asked for', async () => {
    expect(await found('ransomware', 1)).toEqual(['Ransomware on file servers']);
    expect((await analyst.get('/api/v1/risks/search')).status).toBe(400);
    expect((await analyst.get('/api/v1/risks/search?q=a&limit=51')).status).toBe(400);
  });
});
