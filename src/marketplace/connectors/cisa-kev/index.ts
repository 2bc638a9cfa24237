import { checkFile, MOST_FILE_BYTES } from '../../../risk/import/connector-rows';
import { checked } from '../../checked';
import type { Connector, ConnectorContext } from '../../connector';
import { fetchFile } from '../../fetch-file';
import { fileSteps } from '../../file-steps';

const FEED = 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json';
const KEV = { format: 'kev' } as const;

/** Vulnerabilities that are exploited as CISA knows for certain, and until when they are to be remedied. */
export const connector: Connector = {
  manifest: {
    slug: 'cisa-kev',
    name: 'CISA Known Exploited Vulnerabilities',
    version: '1.0.0',
    author: 'OpenRisk',
    description:
      'Each vulnerability of the KEV catalogue becomes a risk with its due date. Exploitation that was seen makes it likely, use in ransomware campaigns more so.',
    category: 'threat_intelligence',
    status: 'ACTIVE',
    capabilities: ['risk_import', 'threat_intel'],
    documentation: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
    license: 'Apache-2.0',
    requiredPermissions: ['risk:create', 'risk:update'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        url: {
          type: 'string',
          title: 'Address of the catalogue, or of a mirror, as JSON',
          format: 'uri',
          'x-target': true,
          maxLength: 500,
          default: FEED,
        },
      },
    },
  },

  async test(context) {
    return [
      await checked('The catalogue can be read', async () => checkFile(await catalogue(context), KEV, context.signal)),
    ];
  },

  async *sync(context) {
    yield* fileSteps(await catalogue(context), KEV, context);
  },
};

function catalogue(context: ConnectorContext): Promise<Buffer> {
  const { url = FEED } = context.configuration;
  return fetchFile(context, String(url), { headers: { accept: 'application/json' }, maxBytes: MOST_FILE_BYTES });
}
