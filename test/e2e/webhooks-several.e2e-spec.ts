import { Webhook } from 'standardwebhooks';
import { runInContext } from '../../src/context/request-context';
import type { AppResponse } from '../../src/marketplace/apps/app.dto';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import type { DeliveryResponse } from '../../src/marketplace/webhooks/delivery.dto';
import { WebhookDeliverer } from '../../src/marketplace/webhooks/webhook-deliverer';
import { addRisk, problemIn } from '../factories/risk';
import { addWebhook, Receiver, webhookSecret, type ReceivedMessage } from '../factories/webhook';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { openSource, type SourceServer } from '../support/source-server';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const apps = '/api/v1/marketplace/apps';
const anyVersion = { 'if-match': '*' };
const MOST = 20;
/** OUTBOUND_CONCURRENCY_PER_TENANT */
const AT_ONCE = 8;

describe('several webhooks of one tenant', () => {
  let app: TestApp;
  let admin: ApiClient;
  let one: Receiver;
  let other: Receiver;
  /** Never answers. */
  let silent: SourceServer;

  beforeAll(async () => {
    [one, other] = await Promise.all([new Receiver().open(), new Receiver().open()]);
    silent = await openSource(() => undefined);
    app = await createTestApp({
      env: {
        OUTBOUND_ALLOWED_ADDRESSES: `${one.address}, ${other.address}, ${silent.host}`,
        ...{ OUTBOUND_BREAKER_FAILURES: '1000', CACHE_STORE: 'none' },
      },
    });
    admin = app.as('admin');
  });
  afterEach(async () => {
    for (const receiver of [one, other]) {
      receiver.received.length = 0;
      receiver.answer = () => ({ status: 204 });
    }
    const { body } = await admin.get(`${apps}?limit=200&status=INSTALLED,DISABLED`);
    for (const { id } of body.items as AppResponse[]) await admin.delete(`${apps}/${id}`, anyVersion);
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([one.close(), other.close(), silent.close()]);
  });

  const add = (receiver: Receiver, secret: string, eventTypes: readonly string[] = []): Promise<AppResponse> =>
    addWebhook(admin, { url: `http://${receiver.address}/hook`, secret, eventTypes });
  const configuration = () => ({ url: `http://${one.address}/hook`, secret: webhookSecret() });
  const deliverOnce = (signal: AbortSignal): Promise<boolean> =>
    // What the database says is due now is due by this clock.
    runInContext({ requestId: 'test', tenantId: app.acme.id }, () =>
      app.app.get(WebhookDeliverer).deliverDue(new Date(Date.now() + 5_000), signal),
    );
  const deliver = async (): Promise<void> => {
    while (await deliverOnce(new AbortController().signal));
  };
  const deliveriesOf = async ({ id }: AppResponse): Promise<DeliveryResponse[]> =>
    (await admin.get(`${apps}/${id}/deliveries`)).body.items as DeliveryResponse[];
  const rename = (id: string, title: string): Promise<unknown> =>
    admin.patch(`/api/v1/risks/${id}`, { title }, anyVersion);

  it('are each told what they have asked for, signed with their own secret', async () => {
    const [ofOne, ofOther] = [webhookSecret(), webhookSecret()];
    const first = await add(one, ofOne);
    const second = await add(other, ofOther, ['risk.created']);
    const { id } = await addRisk(admin);
    await rename(id, 'Renamed');
    await deliver();
    const ofTheRisk = ({ received }: Receiver): ReceivedMessage[] =>
      received.filter(({ data }) => data['riskId'] === id);
    expect(ofTheRisk(one).map(({ type }) => type)).toEqual(['risk.created', 'risk.updated']);
    expect(other.received.map(({ type }) => type)).toEqual(['risk.created']);
    const [{ body, headers }] = other.received as [ReceivedMessage];
    expect(new Webhook(ofOther).verify(body, headers)).toBeDefined();
    expect(() => new Webhook(ofOne).verify(body, headers)).toThrow('No matching signature');

    // Each has a log of its own.
    const [delivery] = (await deliveriesOf(second)) as [DeliveryResponse];
    expect((await admin.get(`${apps}/${second.id}/deliveries/${delivery.id}`)).status).toBe(200);
    expectProblem(await admin.get(`${apps}/${first.id}/deliveries/${delivery.id}`), 404);
    expectProblem(await app.as('admin', app.globex).get(`${apps}/${second.id}/deliveries`), 404);
  });

  it('do without each other: one is refused, disabled and uninstalled, the other is told everything in order', async () => {
    const refused = await add(one, webhookSecret(), ['risk.created', 'risk.updated']);
    await add(other, webhookSecret(), ['risk.created', 'risk.updated']);
    one.answer = () => ({ status: 500 });
    const { id } = await addRisk(admin, { title: '0' });
    await deliver();
    await rename(id, '1');
    await deliver();
    expect((await admin.post(`${apps}/${refused.id}/disable`)).status).toBe(200);
    await rename(id, '2');
    await deliver();
    expect((await admin.delete(`${apps}/${refused.id}`, anyVersion)).status).toBe(204);
    await rename(id, '3');
    await deliver();
    expect(other.taken().map(({ data }) => data['title'])).toEqual(['0', '1', '2', '3']);
    expect(one.received.map(({ data }) => data['title'])).toEqual(['0']);
  });

  it('never cost each other an attempt: no more are taken up than can be sent at once', async () => {
    await addWebhook(admin, { url: `${silent.url}/hook`, secret: webhookSecret(), eventTypes: ['risk.created'] });
    await add(other, webhookSecret(), ['risk.created']);
    for (let number = 0; number < AT_ONCE; number++) await addRisk(admin);
    const stopping = new AbortController();
    const delivering = deliverOnce(stopping.signal).catch((error: unknown) => error);
    await until(() => silent.asked.length + other.received.length === AT_ONCE);
    expect(silent.asked.length).toBeGreaterThan(0);
    const { rows } = await withClient(app.database.adminUrl, (sql) =>
      sql.query(`SELECT FROM outbox_deliveries WHERE claim IS NOT NULL OR status <> 'PENDING'`),
    );
    expect(rows).toHaveLength(AT_ONCE);
    stopping.abort(new Error('Enough'));
    await delivering;
  });

  it(`are ${MOST} at most, however many are installed at the same time; of other connectors there is one`, async () => {
    const install = (client: ApiClient): ReturnType<ApiClient['post']> =>
      client.post(apps, { connectorId: connectorIdOf('webhook'), configuration: configuration() });
    const answers = await Promise.all(Array.from({ length: MOST + 3 }, () => install(admin)));
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201).map(problemIn);
    expect(made).toHaveLength(MOST);
    expect(refused).toEqual(Array(3).fill({ status: 409, code: 'connector.too-many-installations' }));
    // Those of a tenant are nothing to another one.
    const theirs = await install(app.as('admin', app.globex));
    expect(theirs.status).toBe(201);
    await admin.delete(`${apps}/${String(made[0]?.body.id)}`, anyVersion);
    expect((await install(admin)).status).toBe(201);

    const feed = { connectorId: connectorIdOf('cisa-kev'), configuration: {} };
    expect((await admin.post(apps, feed)).status).toBe(201);
    expect(problemIn(await admin.post(apps, feed))).toEqual({ status: 409, code: 'connector.already-installed' });
  });

  it('are only for who may install one, and told so by the catalogue', async () => {
    await add(one, webhookSecret());
    const again = { connectorId: connectorIdOf('webhook'), configuration: configuration() };
    for (const role of ['viewer', 'analyst', 'manager'] as const) {
      expectProblem(await app.as(role).post(apps, again), 403);
    }
    const connector = (slug: string) => admin.get(`/api/v1/marketplace/connectors/${connectorIdOf(slug)}`);
    expect((await connector('webhook')).body).toMatchObject({ multiple: true });
    expect((await connector('file')).body).toMatchObject({ multiple: false });
  });
});
