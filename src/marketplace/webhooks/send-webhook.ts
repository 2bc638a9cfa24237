import type { ConnectorContext } from '../connector';
import { webhookHeaders, type WebhookMessage } from './standard-webhook';

const DEADLINE_MS = 15_000;
/** Nobody reads what a receiver says besides its status. */
const MOST_BYTES = 65_536;

/**
 * Sends a message once.
 *
 * @returns the status of the answer, 2xx
 * @throws OutboundFailure for any other, and for none
 */
export async function sendWebhook(
  { configuration, http, signal }: ConnectorContext,
  message: WebhookMessage,
  secrets: readonly string[],
  now: Date,
): Promise<number> {
  const answer = await http.request(String(configuration['url']), {
    method: 'POST',
    headers: webhookHeaders(message, secrets, now),
    body: message.body,
    deadlineMs: DEADLINE_MS,
    maxBytes: MOST_BYTES,
    signal,
  });
  await answer.text();
  return answer.status;
}
