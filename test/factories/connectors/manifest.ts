import type { ConnectorManifest } from '../../../src/marketplace/connector';

/** Of a connector for tests; valid unless something in it is changed. */
export function manifestOf(slug: string, given: Partial<ConnectorManifest> = {}): ConnectorManifest {
  return {
    ...{ slug, name: `Test ${slug}`, version: '1.2.3', author: 'Tests', description: `What ${slug} does.` },
    ...{ category: 'ticketing', status: 'ACTIVE', capabilities: ['risk_export'], license: 'MIT' },
    ...{ documentation: 'https://example.org/', requiredPermissions: [] },
    configSchema: { type: 'object', additionalProperties: false, properties: {} },
    ...given,
  };
}
