import type { Connector } from '../../../../src/marketplace/connector';
import { manifestOf } from '../manifest';

/** Has everything that a configuration can have, and tests as it is told to. */
export const connector: Connector = {
  manifest: manifestOf('vault', {
    requiredPermissions: ['risk:create'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'token'],
      properties: {
        url: { type: 'string', format: 'uri', 'x-target': true, maxLength: 200 },
        token: { type: 'string', writeOnly: true, minLength: 4, maxLength: 100 },
        pin: { type: 'string', writeOnly: true, pattern: '^[0-9]{4}$' },
        batch: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
        mode: { type: 'string', enum: ['fine', 'refused', 'throws', 'hangs'], default: 'fine' },
        labels: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 10 } },
      },
    },
  }),

  test({ configuration: { mode, token, pin }, signal }) {
    if (mode === 'throws') throw new Error(`Nobody knows ${String(token)}`);
    if (mode === 'hangs')
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const isFine = mode === 'fine';
    const greeted = { name: `Knows ${String(token)}`, ok: true };
    return Promise.resolve([
      greeted,
      { name: 'Opens', ok: isFine, ...(isFine ? {} : { error: `401 for ${String(token)} with ${String(pin)}` }) },
    ]);
  },
};
