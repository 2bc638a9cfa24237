import type { Connector, ConnectorCheck, ConnectorContext } from '../../connector';

const DEADLINE_MS = 10_000;
const MOST_BYTES = 100_000;

/** Another installation of this product: the one of a subsidiary, or of a supplier who shares its register. */
export const connector: Connector = {
  manifest: {
    slug: 'openrisk',
    name: 'OpenRisk',
    version: '1.0.0',
    author: 'OpenRisk',
    description: 'Another installation of OpenRisk: whether it answers, and takes the token.',
    category: 'compliance',
    status: 'BETA',
    capabilities: ['compliance'],
    documentation: 'https://github.com/openrisk/openrisk/blob/main/docs/connectors.md',
    license: 'Apache-2.0',
    requiredPermissions: [],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'token'],
      properties: {
        url: {
          type: 'string',
          title: 'Address of the other installation',
          format: 'uri',
          'x-target': true,
          maxLength: 500,
        },
        token: { type: 'string', title: 'API token', writeOnly: true, minLength: 1, maxLength: 500 },
      },
    },
  },

  async test(context) {
    const isUp = await check(context, 'The installation answers', '/health/live', {});
    if (!isUp.ok) return [isUp];
    const headers = { authorization: `Bearer ${String(context.configuration['token'])}` };
    return [isUp, await check(context, 'The token may read risks', '/api/v1/risks?limit=1', headers)];
  },
};

async function check(
  { configuration, http, signal }: ConnectorContext,
  name: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<ConnectorCheck> {
  try {
    const url = new URL(path, String(configuration['url']));
    await http.request(url, { headers, signal, deadlineMs: DEADLINE_MS, maxBytes: MOST_BYTES });
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, error: error instanceof Error ? error.message : 'unknown' };
  }
}
