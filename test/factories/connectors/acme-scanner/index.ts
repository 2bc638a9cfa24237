import { rowsOfFindings } from '../../../../src/risk/import/connector-rows';
import { checked } from '../../../../src/marketplace/checked';
import type { Connector, ConnectorContext } from '../../../../src/marketplace/connector';
import { addressBelow, fetchPage } from '../../../../src/marketplace/fetch-page';

export const connector: Connector = {
  manifest: {
    slug: 'acme-scanner',
    name: 'ACME scanner',
    version: '1.0.0',
    author: 'ACME',
    description: 'Findings of an ACME scanner become risks.',
    category: 'vulnerability_management',
    status: 'ACTIVE',
    capabilities: ['risk_import', 'vuln_scanning'],
    documentation: 'https://acme.example/api',
    license: 'Apache-2.0',
    requiredPermissions: ['risk:create', 'risk:update'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'key'],
      properties: {
        url: { type: 'string', format: 'uri', 'x-target': true, maxLength: 500 },
        key: { type: 'string', writeOnly: true, minLength: 1, maxLength: 200 },
      },
    },
  },

  async test(context) {
    return [await checked('The findings can be read', () => pageAt(context, '0'))];
  },

  async *sync(context) {
    let cursor: string | null = context.checkpoint ?? '0';
    while (cursor !== null) {
      const { findings, next } = await pageAt(context, cursor);
      const records = rowsOfFindings(findings).map((row) => ({ kind: 'risk', row }) as const);
      cursor = next;
      yield cursor === null ? { records, complete: true } : { records, checkpoint: cursor };
    }
  },
};

interface Page {
  readonly findings: readonly unknown[];
  readonly next: string | null;
}

async function pageAt(context: ConnectorContext, cursor: string): Promise<Page> {
  const { url, key } = context.configuration;
  const { body } = await fetchPage(context, addressBelow(url, 'findings', { cursor }), { 'x-key': String(key) });
  return body as Page;
}
