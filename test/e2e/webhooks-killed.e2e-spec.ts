import type { Client } from 'pg';
import { Webhook } from 'standardwebhooks';
import type { AppResponse } from '../../src/marketplace/apps/app.dto';
import type { DeliveryResponse } from '../../src/marketplace/webhooks/delivery.dto';
import { addRisk } from '../factories/risk';
import { addWebhook, Receiver, webhookSecret, type ReceivedMessage } from '../factories/webhook';
import type { ApiClient } from '../support/api-client';
import { withClient } from '../support/open-database';
import { runProduct, type ProductProcess } from '../support/product-process';
import { createTestApp, testSecret, type TestApp } from '../support/test-app';
import { until } from '../support/until';

jest.setTimeout(180_000);

const RISKS = 3;
const VERSIONS = ['0', '1', '2', '3', '4'];

describe('a process that is killed when a webhook has been taken, and it has not noted that', () => {
  const secret = webhookSecret();
  let app: TestApp;
  let admin: ApiClient;
  let receiver: Receiver;
  let webhook: AppResponse;
  let first: ProductProcess | undefined;
  let second: TestApp | undefined;

  beforeAll(async () => {
    receiver = await new Receiver().open();
    // It only hands in: others send.
    app = await createTestApp({
      env: { CACHE_ENABLED: 'false', OUTBOUND_ALLOWED_ADDRESSES: receiver.address },
    });
    admin = app.as('admin');
    webhook = await addWebhook(admin, { url: `http://${receiver.address}/hook`, secret, eventTypes: riskEvents });
  });
  afterAll(async () => {
    first?.child.kill('SIGKILL');
    await first?.ended();
    await second?.close();
    await app.close();
    await receiver.close();
  });

  const riskEvents = ['risk.created', 'risk.updated'];
  const sender = (): Record<string, string> => ({
    ...{ JOBS_ENABLED: 'true', WEBHOOK_POLL_INTERVAL_MS: '50', OUTBOUND_ALLOWED_ADDRESSES: receiver.address },
    CACHE_ENABLED: 'false',
  });
  const startFirst = (): ProductProcess =>
    runProduct('start', ['--no-demo'], {
      ...{ PORT: '0', METRICS_PORT: '0', OPENRISK_SECRET: testSecret, CACHE_STORE: 'none', ...sender() },
      ...{ DATABASE_URL: app.database.applicationUrl, DATABASE_OWNER_URL: app.database.ownerUrl },
    });
  const addRiskOfVersions = async (): Promise<string> => {
    const [title, ...others] = VERSIONS;
    const { id } = await addRisk(admin, { title });
    for (const next of others) await admin.patch(`/api/v1/risks/${id}`, { title: next }, { 'if-match': '*' });
    return id;
  };
  const titles = (riskId: string): unknown[] =>
    receiver.received.filter(({ data }) => data['riskId'] === riskId).map(({ data }) => data['title']);
  const pending = async (): Promise<DeliveryResponse[]> =>
    (await admin.get(`/api/v1/marketplace/apps/${webhook.id}/deliveries?status=PENDING&limit=200`)).body
      .items as DeliveryResponse[];
  const othersAtWork = async (sql: Client, condition: string): Promise<number> => {
    const { rowCount } = await sql.query(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${condition}`,
    );
    return rowCount ?? 0;
  };

  it('is followed by another one, which sends it again under its id: none lost, those of each risk in order', async () => {
    const ids = await Promise.all(Array.from({ length: RISKS }, addRiskOfVersions));
    const unnoted = await withClient(app.database.adminUrl, async (sql) => {
      let held: ReceivedMessage | undefined;
      receiver.answer = async (message) => {
        if (!held && message.data['riskId'] === ids[0] && message.data['title'] === '2') {
          held = message;
          // Nobody can note how it went until this is over.
          const eventId = message.id.replace('msg_', '');
          await sql.query('BEGIN');
          await sql.query('SELECT FROM outbox_deliveries WHERE event_id = $1 FOR UPDATE', [eventId]);
        }
        return { status: 204 };
      };
      first = startFirst();
      await until(async () => held !== undefined && (await othersAtWork(sql, `wait_event_type = 'Lock'`)) > 0, 120_000);
      first.child.kill('SIGKILL');
      await first.ended();
      await sql.query('ROLLBACK');
      await until(async () => (await othersAtWork(sql, `state <> 'idle'`)) === 0, 60_000);
      // What becomes of its claims a minute later.
      await sql.query(`UPDATE outbox_deliveries SET due_at = now() WHERE status = 'PENDING' AND claim IS NOT NULL`);
      return held;
    });
    expect(titles(ids[0] ?? '')).toEqual(['0', '1', '2']);
    expect((await pending()).find(({ messageId }) => messageId === unnoted?.id)).toMatchObject({ attempts: [] });

    second = await createTestApp({ env: sender(), sharing: app });
    await until(async () => (await pending()).length === 0, 60_000);
    const [one = '', ...others] = ids;
    expect(titles(one)).toEqual(['0', '1', '2', '2', '3', '4']);
    for (const id of others) {
      const told = titles(id);
      // Whatever else it was sending when it died may have come twice too.
      expect(told.filter((title, index) => title !== told[index - 1])).toEqual(VERSIONS);
    }
    const twice = receiver.received.filter(({ id }) => id === unnoted?.id);
    expect(twice.map(({ body }) => body)).toEqual([unnoted?.body, unnoted?.body]);
    for (const { body, headers } of twice) expect(new Webhook(secret).verify(body, headers)).toBeDefined();
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(RISKS * VERSIONS.length);
  });
});
