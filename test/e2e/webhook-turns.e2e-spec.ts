import { addRisk } from '../factories/risk';
import { addWebhook, Receiver, webhookSecret } from '../factories/webhook';
import { openSource, type SourceServer } from '../support/source-server';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

/** More than are sent at once. */
const WAITING = 40;

describe('a receiver that does not answer', () => {
  let app: TestApp;
  let silent: SourceServer;
  let receiver: Receiver;
  let givenUp = 0;

  beforeAll(async () => {
    silent = await openSource((request) => void request.on('close', () => givenUp++));
    receiver = await new Receiver().open();
    app = await createTestApp({
      env: {
        ...{ JOBS_ENABLED: 'true', WEBHOOK_POLL_INTERVAL_MS: '50' },
        OUTBOUND_ALLOWED_ADDRESSES: `${silent.host},${receiver.address}`,
      },
    });
  });
  afterAll(async () => {
    await app.close();
    await receiver.close();
    await silent.close();
  });

  it('keeps no other tenant waiting, however much is to be sent to it', async () => {
    const [one, other] = [app.as('admin'), app.as('admin', app.globex)];
    await addWebhook(one, { url: `${silent.url}/hook`, secret: webhookSecret() });
    await addWebhook(other, { url: `http://${receiver.address}/hook`, secret: webhookSecret() });
    const installed = () => receiver.received.length === 1;
    await until(installed);
    for (let number = 0; number < WAITING; number++) await addRisk(one);
    await until(() => silent.asked.length > 0);
    await addRisk(other, { title: 'Of somebody else' });
    await until(() => receiver.received.length > 1 || givenUp > 0, 60_000);
    expect(receiver.received.at(-1)?.data).toMatchObject({ title: 'Of somebody else' });
    expect(givenUp).toBe(0);
  });
});
