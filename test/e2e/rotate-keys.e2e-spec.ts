import { randomUUID } from 'node:crypto';
import { provision } from '../../src/database/provision';
import { addRisk } from '../factories/risk';
import type { TestDatabase } from '../support/database';
import { withClient } from '../support/open-database';
import { createTestApp, testPassword, testSecret, type TestApp } from '../support/test-app';

const path = '/api/v1/risks?limit=1';
const account = { email: 'admin@acme.test', password: testPassword };

describe('After a change of OPENRISK_SECRET', () => {
  const newSecret = 'pZ4mYt8sKd1vQe7uRw2xGh6nBc9jLf3a';
  let before: TestApp;
  let after: TestApp;

  beforeAll(async () => {
    before = await createTestApp();
    const env = { OPENRISK_SECRET: newSecret, OPENRISK_PREVIOUS_SECRETS: testSecret };
    after = await createTestApp({ sharing: before, env });
  });
  afterAll(async () => {
    await after.close();
    await before.close();
  });

  it('sessions go on: access tokens end, and are refreshed', async () => {
    const { body } = await before.anonymous().post('/api/v1/auth/login', account);
    const authorization = `Bearer ${body.accessToken as string}`;
    expect((await before.anonymous().get(path, { authorization })).status).toBe(200);
    expect((await after.anonymous().get(path, { authorization })).status).toBe(401);
    const refreshed = await after.anonymous().post('/api/v1/auth/refresh', { refreshToken: body.refreshToken });
    expect(refreshed.status).toBe(200);
    const renewed = { authorization: `Bearer ${refreshed.body.accessToken as string}` };
    expect((await after.anonymous().get(path, renewed)).status).toBe(200);
  });

  it('cursors and repetitions from before are refused', async () => {
    const admin = before.as('admin');
    const key = { 'idempotency-key': randomUUID() };
    const request = { title: 'Asked for twice', probability: 1, impact: 1 };
    expect((await admin.post('/api/v1/risks', request, key)).status).toBe(201);
    await addRisk(admin);
    const { body } = await admin.get(path);
    const next = `${path}&cursor=${body.page.nextCursor as string}`;
    expect((await admin.get(next)).status).toBe(200);
    expect((await after.as('admin').get(next)).status).toBe(400);
    expect((await after.as('admin').post('/api/v1/risks', request, key)).status).toBe(422);
  });
});

describe('After a change of the passwords of Postgres', () => {
  it('who is connected stays, and who starts needs the new ones', async () => {
    const privilegedUrl = process.env.OPENRISK_TEST_ADMIN_URL ?? '';
    const name = `rotate_${process.pid}`;
    const made = async (secret: string): Promise<TestDatabase> => ({
      ...(await provision({ privilegedUrl, secret, database: name })),
      adminUrl: new URL(`/${name}`, privilegedUrl).href,
      drop: () => Promise.resolve(),
    });
    const database = await made('a secret that will be former soon');
    const running = await createTestApp({ database });
    const changed = await made('the secret that comes after the former');
    expect((await running.as('admin').get(path)).status).toBe(200);
    const started = await createTestApp({ sharing: running, database: changed });
    expect((await started.as('admin').get(path)).status).toBe(200);
    await expect(withClient(database.applicationUrl, () => Promise.resolve())).rejects.toThrow('password');
    await started.close();
    await running.close();
    await withClient(privilegedUrl, async (admin) => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.query(`DROP ROLE ${name}_owner`);
      await admin.query(`DROP ROLE ${name}_app`);
    });
  });
});
