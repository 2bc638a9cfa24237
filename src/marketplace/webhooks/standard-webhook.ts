import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const NEW_SECRET_BYTES = 32;

/** As Standard Webhooks has them: `whsec_` and 24 to 64 bytes in base64. */
export const WEBHOOK_SECRET_PATTERN = '^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

/** What a receiver gets. */
export interface WebhookMessage {
  /** The same however often it is sent. */
  readonly id: string;
  readonly body: string;
}

export function newWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_SECRET_BYTES).toString('base64');
}

/**
 * Headers of a message, signed as Standard Webhooks 1.0.0 says: one signature for each secret, so that a receiver may
 * know the old one or the new one while it is changed.
 */
export function webhookHeaders(
  { id, body }: WebhookMessage,
  secrets: readonly string[],
  sentAt: Date,
): Record<string, string> {
  const timestamp = Math.floor(sentAt.getTime() / 1000).toString();
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'content-type': 'application/json',
    'user-agent': 'OpenRisk-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
