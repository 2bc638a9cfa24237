import { ensureDemo } from '../../src/start/demo/ensure-demo';
import { createTestApp, type TestApp } from '../support/test-app';

describe('the demo accounts', () => {
  let app: TestApp;
  const reports: string[] = [];

  beforeAll(async () => {
    app = await createTestApp();
    await ensureDemo(app.app, 'first password', (line) => reports.push(line));
  });
  afterAll(() => app.close());

  async function login(role: string, password: string): Promise<number> {
    const request = { email: `${role}@demo.openrisk.local`, password };
    return (await app.anonymous().post('/api/v1/auth/login', request)).status;
  }

  it('let one in with the password of the start, in every role', async () => {
    for (const role of ['viewer', 'analyst', 'manager', 'admin']) expect(await login(role, 'first password')).toBe(200);
    expect(reports).toEqual([expect.stringContaining('demo tenant')]);
  });

  it('take the password of a later start instead, and the register stays', async () => {
    await ensureDemo(app.app, 'second password', (line) => reports.push(line));
    expect([await login('viewer', 'first password'), await login('viewer', 'second password')]).toEqual([401, 200]);
    expect(reports).toHaveLength(1);
  });
});
