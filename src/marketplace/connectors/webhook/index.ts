import { randomUUID } from 'node:crypto';
import { EVENT_TYPES } from '../../../outbox/event-types';
import { checked } from '../../checked';
import type { Connector } from '../../connector';
import { sendWebhook } from '../../webhooks/send-webhook';
import { WEBHOOK_SECRET_PATTERN } from '../../webhooks/standard-webhook';
import { signingSecrets } from '../../webhooks/webhook-secrets';

/** Tells a receiver what happens here, signed as Standard Webhooks are. */
export const connector: Connector = {
  manifest: {
    slug: 'webhook',
    name: 'Signed webhook',
    version: '1.0.0',
    author: 'OpenRisk',
    description:
      'Sends what happens to risks, mitigations, acceptances and connectors to an address of yours: signed, in the order of each risk, again until it is received.',
    category: 'notification',
    status: 'ACTIVE',
    capabilities: ['notifications'],
    documentation: 'https://www.standardwebhooks.com/',
    license: 'Apache-2.0',
    requiredPermissions: ['risk:read', 'mitigation:read', 'connector:read'],
    multiple: true,
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'secret'],
      properties: {
        url: { type: 'string', title: 'Address of the receiver', format: 'uri', 'x-target': true, maxLength: 500 },
        secret: {
          type: 'string',
          title: 'What messages are signed with: whsec_ and 24 to 64 random bytes in base64',
          writeOnly: true,
          pattern: WEBHOOK_SECRET_PATTERN,
        },
        eventTypes: {
          type: 'array',
          title: 'What is told; all unless given',
          uniqueItems: true,
          maxItems: EVENT_TYPES.length,
          items: { type: 'string', enum: [...EVENT_TYPES] },
          default: [],
        },
      },
    },
  },

  async test(context) {
    const now = new Date();
    const body = JSON.stringify({ type: 'webhook.test', timestamp: now.toISOString(), data: {} });
    const message = { id: `msg_${randomUUID()}`, body };
    return [
      await checked('The receiver takes a signed message', () =>
        sendWebhook(context, message, signingSecrets(context.configuration, now), now),
      ),
    ];
  },
};
