import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { webhookHeaders } from '../../src/marketplace/webhooks/standard-webhook';
import { EVENT_TYPES } from '../../src/outbox/event-types';
import { webhookSecret } from '../factories/webhook';

type Check = (secret: string, headers: Record<string, string>, body: string, nowSeconds?: number) => boolean;

describe('docs/webhooks.md', () => {
  const page = readFileSync(join(__dirname, '../../docs/webhooks.md'), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code of the page, as a reader would run it
  const isFromOpenRisk = (new Function('require', `${code}; return isFromOpenRisk;`) as (load: unknown) => Check)(
    require,
  );

  const secrets = [webhookSecret(), webhookSecret()];
  const body = '{"type":"risk.created"}';
  const headers = webhookHeaders({ id: 'msg_1', body }, secrets, new Date());

  it('shows code that knows our messages, with either secret while one is changed', () => {
    expect(secrets.map((secret) => isFromOpenRisk(secret, headers, body))).toEqual([true, true]);
  });

  it('shows code that refuses those of others, changed ones and old ones', () => {
    const [secret = ''] = secrets;
    expect(isFromOpenRisk(webhookSecret(), headers, body)).toBe(false);
    expect(isFromOpenRisk(secret, headers, `${body} `)).toBe(false);
    expect(isFromOpenRisk(secret, { ...headers, 'webhook-id': 'msg_2' }, body)).toBe(false);
    expect(isFromOpenRisk(secret, headers, body, Date.now() / 1000 + 301)).toBe(false);
  });

  it('names every type of event', () => {
    const unnamed = EVENT_TYPES.filter((type) => {
      const [room = '', name = ''] = type.split('.');
      return !new RegExp(`\`${room}\\.\\w+\`[^|]*\`(${room})?\\.${name}\`|\`${room}\\.${name}\``).test(page);
    });
    expect(unnamed).toEqual([]);
  });
});
