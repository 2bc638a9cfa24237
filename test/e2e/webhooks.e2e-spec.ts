import { Webhook } from 'standardwebhooks';
import { runInContext } from '../../src/context/request-context';
import type { AppResponse } from '../../src/marketplace/apps/app.dto';
import type { DeliveryResponse } from '../../src/marketplace/webhooks/delivery.dto';
import { WebhookDeliverer } from '../../src/marketplace/webhooks/webhook-deliverer';
import { DeliveryQueue } from '../../src/outbox/delivery-queue';
import { addRisk } from '../factories/risk';
import { addWebhook, Receiver, webhookSecret, type ReceivedMessage } from '../factories/webhook';
import type { ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const anyVersion = { 'if-match': '*' };

describe('webhooks', () => {
  let app: TestApp;
  let admin: ApiClient;
  let receiver: Receiver;
  let webhook: AppResponse;
  const secret = webhookSecret();
  /** Nothing is sent by itself: the clock is the test's. */
  let clock: number;

  beforeAll(async () => {
    receiver = await new Receiver().open();
    app = await createTestApp({
      env: { OUTBOUND_ALLOWED_ADDRESSES: receiver.address, OUTBOUND_BREAKER_FAILURES: '1000' },
    });
    admin = app.as('admin');
  });
  beforeEach(async () => {
    receiver.received.length = 0;
    receiver.answer = () => ({ status: 204 });
    webhook = await addWebhook(admin, { url: `http://${receiver.address}/hook`, secret, eventTypes: riskEvents });
    // What the database says is due now is due by this clock.
    clock = Date.now() + 5_000;
  });
  afterEach(() => admin.delete(`/api/v1/marketplace/apps/${webhook.id}`, anyVersion));
  afterAll(async () => {
    await app.close();
    await receiver.close();
  });

  const riskEvents = ['risk.created', 'risk.updated', 'risk.deleted'];
  const inTenant = <T>(work: () => Promise<T>): Promise<T> =>
    runInContext({ requestId: 'test', tenantId: app.acme.id }, work);
  const deliver = (): Promise<void> =>
    inTenant(async () => {
      const { signal } = new AbortController();
      while (await app.app.get(WebhookDeliverer).deliverDue(new Date(clock), signal));
    });
  const rename = (id: string, title: string): Promise<unknown> =>
    admin.patch(`/api/v1/risks/${id}`, { title }, anyVersion);
  const titles = (messages: readonly ReceivedMessage[], riskId: string): unknown[] =>
    messages.filter(({ data }) => data['riskId'] === riskId).map(({ data }) => data['title']);
  const path = (rest: string): string => `/api/v1/marketplace/apps/${webhook.id}/${rest}`;
  const deliveries = async (query = ''): Promise<DeliveryResponse[]> =>
    (await admin.get(path(`deliveries${query}`))).body.items as DeliveryResponse[];

  it('tell a receiver what happens, so that any Standard Webhooks library knows from whom it is', async () => {
    const { id } = await addRisk(admin, { title: 'Told', probability: 4, impact: 5 });
    await deliver();
    const [{ body, headers }] = receiver.received as [ReceivedMessage];
    // The clock of the test is ahead of the library's by less than it allows.
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      ...{ type: 'risk.created', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
      data: expect.objectContaining({
        riskId: id,
        title: 'Told',
        severity: 'CRITICAL',
        actorId: app.acme.userIds.admin,
      }),
    });
    expect(() => new Webhook(webhookSecret()).verify(body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(secret).verify(body.replace('Told', 'T0ld'), headers)).toThrow('No matching signature');
    expect(await deliveries()).toMatchObject([
      { messageId: headers['webhook-id'], status: 'DELIVERED', attempts: [{ status: 204, error: null }] },
    ]);
  });

  it('tell only what was asked for, and nothing of another tenant', async () => {
    await admin.post('/api/v1/risks', { title: 'Asked for', probability: 1, impact: 1 });
    const { id } = await addRisk(app.as('admin', app.globex));
    await admin.post(`/api/v1/risks/${id}/transition`, { status: 'IDENTIFIED' }, anyVersion);
    const risk = await addRisk(admin);
    await admin.post(`/api/v1/risks/${risk.id}/transition`, { status: 'IDENTIFIED' }, anyVersion);
    await deliver();
    expect(receiver.received.map(({ type }) => type)).toEqual(['risk.created', 'risk.created']);
  });

  it('bring everything to a receiver that was down for an hour, once and in the order of each risk', async () => {
    receiver.answer = () => ({ status: 500 });
    const wentDownAt = clock;
    const ids: string[] = [];
    for (let number = 0; number < 4; number++) ids.push((await addRisk(admin, { title: '0' })).id);
    for (let minute = 1; minute <= 60; minute++) {
      clock = wentDownAt + minute * MINUTE_MS;
      if (minute % 15 === 0) for (const id of ids) await rename(id, String(minute));
      await deliver();
    }
    expect(receiver.taken()).toEqual([]);
    expect(receiver.received.length).toBeGreaterThan(4);
    receiver.answer = () => ({ status: 200 });
    for (; receiver.taken().length < 20 && clock < wentDownAt + 6 * HOUR_MS; clock += MINUTE_MS) await deliver();
    for (const id of ids) expect(titles(receiver.taken(), id)).toEqual(['0', '15', '30', '45', '60']);
    expect(new Set(receiver.taken().map(({ id }) => id)).size).toBe(20);
    expect(receiver.taken()).toHaveLength(20);
  });

  it('hold nothing up but the risk whose message is refused', async () => {
    const [refused, other] = [await addRisk(admin, { title: 'Refused' }), await addRisk(admin, { title: 'Other' })];
    receiver.answer = ({ data }) => ({ status: data['title'] === 'Refused' ? 422 : 200 });
    await rename(refused.id, 'Behind it');
    await rename(other.id, 'On its way');
    await deliver();
    expect(titles(receiver.taken(), other.id)).toEqual(['Other', 'On its way']);
    expect(titles(receiver.received, refused.id)).toEqual(['Refused']);
    // Given up after three days and a quarter, with a tenth of jitter at most.
    for (const until = clock + 4 * 24 * HOUR_MS; clock < until; clock += 5 * MINUTE_MS) {
      if ((clock / MINUTE_MS) % 30 < 5) await deliver();
    }
    await deliver();
    expect(titles(receiver.taken(), refused.id)).toEqual(['Behind it']);
    const failed = (await deliveries('?status=FAILED')) as [DeliveryResponse];
    expect(failed).toHaveLength(1);
    expect(failed[0].attempts).toHaveLength(10);
    expect(failed[0].attempts[0]).toMatchObject({ status: 422, error: expect.stringContaining('422') });
  }, 180_000);

  it('end for good at 410: the webhook is disabled, and what waits is sent when it is enabled again', async () => {
    const { id } = await addRisk(admin, { title: 'Gone' });
    await rename(id, 'Waits');
    receiver.answer = () => ({ status: 410 });
    await deliver();
    expect((await admin.get(`/api/v1/marketplace/apps/${webhook.id}`)).body).toMatchObject({ status: 'DISABLED' });
    clock += HOUR_MS;
    await deliver();
    expect(receiver.received).toHaveLength(1);
    receiver.answer = () => ({ status: 200 });
    await admin.post(path('enable'));
    await deliver();
    expect(titles(receiver.taken(), id)).toEqual(['Waits']);
  });

  it.each([429, 503])('leave a receiver alone as long as it asks for with %s', async (status) => {
    const first = await addRisk(admin, { title: 'First' });
    receiver.answer = () => ({ status, headers: { 'retry-after': '600' } });
    await deliver();
    const second = await addRisk(admin, { title: 'Second' });
    receiver.answer = () => ({ status: 200 });
    clock += 9 * MINUTE_MS;
    await deliver();
    expect(receiver.received).toHaveLength(1);
    clock += 2 * MINUTE_MS;
    await deliver();
    expect(
      receiver
        .taken()
        .map(({ data }) => data['riskId'])
        .sort(),
    ).toEqual([first.id, second.id].sort());
  });

  it('are sent again, with the same id, when a process has died between sending and noting it', async () => {
    const { id } = await addRisk(admin, { title: 'Sent twice' });
    await rename(id, 'Behind it');
    const [dead] = (await inTenant(() => app.app.get(DeliveryQueue).claim(new Date(clock), 8))).deliveries;
    await deliver();
    expect(receiver.received).toEqual([]);
    clock += 61_000;
    await deliver();
    expect(titles(receiver.received, id)).toEqual(['Sent twice', 'Behind it']);
    expect(receiver.received[0]?.id).toBe(`msg_${dead?.event.id}`);
    // Whoever comes too late changes nothing any more.
    const late = { at: new Date(clock), durationMs: 1, status: 500, error: 'late' };
    await inTenant(() => app.app.get(DeliveryQueue).failed(dead!, late, new Date(clock)));
    expect(await deliveries('?status=PENDING')).toEqual([]);
  });

  it('come once and in order from several processes at once', async () => {
    const ids = [await addRisk(admin, { title: '0' }), await addRisk(admin, { title: '0' })].map(({ id }) => id);
    for (let number = 1; number < 6; number++) for (const id of ids) await rename(id, String(number));
    await until(async () => {
      await Promise.all([deliver(), deliver(), deliver()]);
      clock += 61_000;
      return receiver.received.length >= 12;
    });
    for (const id of ids) expect(titles(receiver.received, id)).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('are signed with both secrets for a day after one was changed', async () => {
    const answer = await admin.post(path('webhook-secret/rotate'));
    const { secret: next, previousValidUntil } = answer.body as { secret: string; previousValidUntil: string };
    expect(Date.parse(previousValidUntil)).toBeGreaterThan(Date.now() + 23 * HOUR_MS);
    await addRisk(admin);
    await deliver();
    const [{ body, headers }] = receiver.received as [ReceivedMessage];
    for (const known of [secret, next]) expect(new Webhook(known).verify(body, headers)).toBeDefined();
    clock += 25 * HOUR_MS;
    await addRisk(admin);
    await deliver();
    expect(receiver.received[1]?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    const { text } = await admin.get(`/api/v1/marketplace/apps/${webhook.id}`);
    expect([text.includes(next), text.includes(secret)]).toEqual([false, false]);
  });

  it('are sent once more when somebody asks for it, one or all of a period, also of one when they were disabled', async () => {
    const { id } = await addRisk(admin, { title: 'Before' });
    await deliver();
    await admin.post(path('disable'));
    await rename(id, 'Meanwhile');
    await admin.post(path('enable'));
    const [first] = await deliveries();
    expect((await admin.post(path(`deliveries/${first?.id}/replay`))).status).toBe(204);
    expect((await admin.get(path(`deliveries/${first?.id}`))).body).toMatchObject({
      status: 'PENDING',
      deliveredAt: null,
    });
    await deliver();
    expect(titles(receiver.received, id)).toEqual(['Before', 'Before']);
    const period = { from: first?.eventAt, to: new Date(Date.now() + 1000).toISOString() };
    expect((await admin.post(path('deliveries/replay'), period)).body).toEqual({ replayed: 2 });
    await deliver();
    expect(titles(receiver.received, id)).toEqual(['Before', 'Before', 'Before', 'Meanwhile']);
    expect(new Set(receiver.received.map((message) => message.id)).size).toBe(2);
  });

  it('are tested with a signed message, before anything happens', async () => {
    expect((await admin.post(path('test'))).body).toMatchObject({ ok: true });
    const [{ body, headers }] = receiver.received as [ReceivedMessage];
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'webhook.test' });
    receiver.answer = () => ({ status: 500 });
    expect((await admin.post(path('test'))).body).toMatchObject({ ok: false });
  });

  it('keep quiet about a secret, and take none that is too short', async () => {
    const answer = await admin.send(
      'PUT',
      `/api/v1/marketplace/apps/${webhook.id}`,
      {
        ...{ name: 'W', configuration: { url: `http://${receiver.address}/hook`, secret: 'whsec_c2hvcnQ=' } },
      },
      anyVersion,
    );
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/configuration/secret']);
    await addRisk(admin);
    receiver.answer = () => ({ status: 500 });
    await deliver();
    const said = [app.logs(), (await admin.get(path('deliveries'))).text, (await admin.get(path('logs'))).text];
    expect(said.filter((text) => text.includes(secret))).toEqual([]);
  });
});
