import { addRisk, ifVersion } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
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

  it.each(["'", '\\', '& | !', '(:*', '%', '"', '<script>', '🔥', "a'b\\c:*"])('takes %j for what it is', async (q) => {
    const answer = await analyst.get(`/api/v1/risks/search?q=${encodeURIComponent(q)}`);
    expect(answer.status).toBe(200);
  });

  it('stays in the tenant and finds nothing that was deleted', async () => {
    const titles = await found('ransomware', 50);
    expect(titles).not.toContain('Ransomware elsewhere');
    expect(titles).not.toContain('Ransomware of the past');
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
