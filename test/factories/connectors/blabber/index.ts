import type { ImportRow, RiskCandidate } from '../../../../src/risk/import/import-row';
import type { Connector } from '../../../../src/marketplace/connector';
import { ConnectorFailure } from '../../../../src/marketplace/connector-failure';
import { manifestOf } from '../manifest';

/** Cannot keep a secret: whatever it does, it tells it, in the way that it was told to. */
export const connector: Connector = {
  manifest: manifestOf('blabber', {
    description: 'Keeps nothing to itself.',
    capabilities: ['risk_import'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'token'],
      properties: {
        url: { type: 'string', format: 'uri', 'x-target': true, maxLength: 200 },
        token: { type: 'string', writeOnly: true, minLength: 4, maxLength: 100 },
        mode: { type: 'string', enum: ['throws', 'fails', 'rejects', 'checkpoint', 'records'], default: 'throws' },
      },
    },
  }),

  test({ configuration: { token, mode } }) {
    if (mode === 'throws') throw new Error(told(token));
    return Promise.resolve([{ name: told(token), ok: false, error: told(token) }]);
  },

  // eslint-disable-next-line @typescript-eslint/require-await -- it has nobody to ask
  async *sync({ configuration: { token, mode } }) {
    if (mode === 'throws') throw Object.assign(new TypeError(told(token)), { cause: told(token), body: told(token) });
    if (mode === 'fails') throw new ConnectorFailure(told(token), { cause: new Error(told(token)) });
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a connector may be anybody's
    if (mode === 'rejects') throw { message: told(token), token };
    if (mode === 'checkpoint') yield { records: [], checkpoint: told(token) };
    else
      yield {
        records: [
          record(1, 'Says nothing'),
          record(2, String(token)),
          record(3, encoded(token)),
          problem(4, told(token)),
        ],
      };
  },
};

function encoded(token: unknown): string {
  return Buffer.from(`user:${String(token)}`).toString('base64');
}

function told(token: unknown): string {
  const text = String(token);
  const hexadecimal = Buffer.from(text).toString('hex');
  return `${text} ${encodeURIComponent(text)} ${JSON.stringify({ text })} ${encoded(token)} ${hexadecimal}`;
}

function record(row: number, text: string): { kind: 'risk'; row: ImportRow } {
  const candidate: RiskCandidate = {
    ...{ externalId: `blabber-${row}`, title: `Finding ${row}`, description: text, probability: 1, impact: 1 },
    ...{ tags: [], frameworks: [], customFields: { said: text } },
  };
  return { kind: 'risk', row: { row, candidate, problems: [], notices: [] } };
}

function problem(row: number, text: string): { kind: 'risk'; row: ImportRow } {
  return { kind: 'risk', row: { row, problems: [{ pointer: `/${text}`, code: 'odd', message: text }], notices: [] } };
}
