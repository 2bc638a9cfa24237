import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { SecretConfig } from '../../src/config/secret.config';
import { readConfig } from '../../src/config/read-config';
import { KeyRing } from '../../src/secrets/key-ring';
import { KeyRingConfig } from '../../src/secrets/key-ring.config';
import { SecretBox, type SecretPlace } from '../../src/secrets/secret-box';
import { UnopenedSecret } from '../../src/secrets/secrets.errors';
import { addVault, withTestConnectors } from '../factories/app';
import { runProduct, type ProductProcess } from '../support/product-process';
import { createTestApp, testSecret, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const nextSecret = randomBytes(36).toString('base64');
const known = { OPENRISK_SECRET: nextSecret, OPENRISK_PREVIOUS_SECRETS: testSecret };

function boxOf(env: Readonly<Record<string, string>>): SecretBox {
  return new SecretBox(new KeyRing(readConfig(SecretConfig, env), readConfig(KeyRingConfig, env)));
}

interface Row {
  readonly id: string;
  readonly tenant: string;
  readonly sealed: string;
}

describe('npm run secrets:rotate', () => {
  const formerBox = boxOf({ OPENRISK_SECRET: testSecret });
  const nextBox = boxOf({ OPENRISK_SECRET: nextSecret });
  const bothBox = boxOf(known);
  let former: TestApp;
  let running: TestApp;
  let admin: Client;
  let appId: string;

  beforeAll(async () => {
    former = await createTestApp({ env: withTestConnectors });
    running = await createTestApp({ sharing: former, env: { ...withTestConnectors, ...known } });
    admin = new Client({ connectionString: former.database.adminUrl });
    await admin.connect();
    appId = (await addVault(former.as('admin'))).id;
    await addVault(former.as('admin', former.globex));
    for (let number = 1; number <= 20; number++) await addSealed(number);
  });
  afterAll(async () => {
    await admin.end();
    await running.close();
    await former.close();
  });

  const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const placeOf = (number: number): SecretPlace => {
    return { tenantId: former.acme.id, column: 'app_secrets.sealed', rowId: idOf(number) };
  };
  /** Sealed with the former key, before all that the application has sealed by itself. */
  const addSealed = async (number: number): Promise<void> => {
    await admin.query('INSERT INTO app_secrets (tenant_id, id, app_id, name, sealed) VALUES ($1, $2, $3, $4, $5)', [
      ...[former.acme.id, idOf(number), appId, `number${number}`, formerBox.seal(`text ${number}`, placeOf(number))],
    ]);
  };
  const rows = async (): Promise<Row[]> =>
    (await admin.query<Row>('SELECT id, tenant_id AS tenant, sealed FROM app_secrets')).rows;
  const opened = async (box: SecretBox): Promise<number> =>
    (await rows()).filter(({ id, tenant, sealed }) => opens(box, id, tenant, sealed)).length;
  const opens = (box: SecretBox, rowId: string, tenantId: string, sealed: string): boolean => {
    try {
      box.open(sealed, { tenantId, column: 'app_secrets.sealed', rowId });
      return true;
    } catch (error) {
      if (!(error instanceof UnopenedSecret)) throw error;
      return false;
    }
  };
  const works = async (app: TestApp): Promise<number[]> => {
    const tenants = [former.acme, former.globex];
    const apps = await Promise.all(
      tenants.map(async (tenant) => {
        const client = app.as('admin', tenant);
        const [vault] = (await client.get('/api/v1/marketplace/apps')).body.items as [{ id: string }];
        return client.post(`/api/v1/marketplace/apps/${vault.id}/test`);
      }),
    );
    return apps.map(({ status }) => status);
  };
  const rotate = (...args: string[]): ProductProcess =>
    runProduct('rotate-secrets', args, { DATABASE_URL: former.database.applicationUrl, ...known });
  const isWaiting = async (): Promise<boolean> =>
    (await admin.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
      .rows.length > 0;
  /** Runs it until it cannot go on from the 13th secret, does something, and lets it go on. */
  const held = async (work: (process: ProductProcess, holder: Client) => Promise<void>): Promise<ProductProcess> => {
    const holder = new Client({ connectionString: former.database.adminUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM app_secrets WHERE id = $1 FOR UPDATE', [idOf(13)]);
      const process = rotate('--batch', '3');
      await until(isWaiting, 60_000);
      await work(process, holder);
      return process;
    } finally {
      await holder.end();
    }
  };

  it('goes on where it was killed, misses nothing that is sealed meanwhile, and then the former key can go', async () => {
    expect([await opened(formerBox), await opened(nextBox), await opened(bothBox)]).toEqual([22, 0, 22]);
    const killed = await held(async (process) => {
      process.child.kill('SIGKILL');
      await process.ended();
    });
    expect(killed.output()).not.toContain('Done');
    const half = await opened(nextBox);
    expect([half > 0 && half < 22, await opened(bothBox)]).toEqual([true, 22]);
    expect(await works(running)).toEqual([200, 200]);

    const replaced = bothBox.seal('of today', placeOf(13));
    const again = await held(async (_process, holder) => {
      await holder.query('UPDATE app_secrets SET sealed = $2 WHERE id = $1', [idOf(13), replaced]);
      // By a process that does not know the next key yet, and behind what has been gone through.
      await addSealed(0);
      expect(await works(running)).toEqual([200, 200]);
      await holder.query('COMMIT');
    });
    expect({ code: await again.ended(), output: again.output() }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/Done: 23 secrets, \d+ sealed anew, 0 cannot be opened/),
    });
    expect([await opened(formerBox), await opened(nextBox)]).toEqual([0, 23]);
    const after = await createTestApp({
      sharing: former,
      env: { ...withTestConnectors, OPENRISK_SECRET: nextSecret },
    });
    expect(await works(after)).toEqual([200, 200]);
    await after.close();
    const texts = new Map((await rows()).map(({ id, sealed }) => [id, sealed]));
    const textOf = (number: number): string => nextBox.open(texts.get(idOf(number)) ?? '', placeOf(number));
    expect([textOf(0), textOf(7), textOf(13)]).toEqual(['text 0', 'text 7', 'of today']);
  });

  it('ends with 2 and says where, when something cannot be opened, and seals the rest', async () => {
    await addSealed(31);
    await addSealed(32);
    await admin.query(`UPDATE app_secrets SET sealed = (SELECT sealed FROM app_secrets WHERE id = $1) WHERE id = $2`, [
      ...[idOf(1), idOf(31)],
    ]);
    const process = rotate();
    expect(await process.ended()).toBe(2);
    expect(process.output()).toContain(
      `cannot be opened: app_secrets.sealed ${idOf(31)} of tenant ${former.acme.id}\n`,
    );
    expect(process.output()).toMatch(/Done: 25 secrets, 1 sealed anew, 1 cannot be opened/);
  });

  it('knows every file that makes a column of secrets', () => {
    const src = join(__dirname, '..', '..', 'src');
    const command = readFileSync(join(src, 'start', 'rotate-secrets.ts'), 'utf8');
    const sealing = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .filter((path) => readFileSync(join(src, path), 'utf8').includes('= sealedColumn('));
    expect(sealing.length).toBeGreaterThan(0);
    for (const path of sealing) expect(command).toContain(`import '../${path.replace(/[.]ts$/, '')}';`);
  });

  it.each([
    [['--help'], 0, /^Usage: npm run secrets:rotate/m],
    [['--batch', '0'], 1, /^--batch is 1 to 10000\.$/m],
  ])('answers %j with exit code %d', async (args, expected, told) => {
    const process = rotate(...args);
    expect({ code: await process.ended(), output: process.output() }).toEqual({
      code: expected,
      output: expect.stringMatching(told),
    });
  });
});
