import { MOST_FILE_BYTES } from '../../../risk/import/connector-rows';
import { checked } from '../../checked';
import type { Connector, ConnectorContext } from '../../connector';
import { fetchFile } from '../../fetch-file';
import { EpssFile } from './epss-file';

const FEED = 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz';
const RECORDS_PER_STEP = 500;

/** How likely each CVE is to be exploited in the next 30 days: rates the risks that are here, and brings no new ones. */
export const connector: Connector = {
  manifest: {
    slug: 'epss',
    name: 'EPSS scores',
    version: '1.0.0',
    author: 'OpenRisk',
    description:
      'The Exploit Prediction Scoring System of FIRST. Every risk whose custom field cveId is a CVE gets its score, percentile and the probability that follows; exploitation that was seen outweighs a forecast.',
    category: 'threat_intelligence',
    status: 'ACTIVE',
    capabilities: ['threat_intel'],
    documentation: 'https://www.first.org/epss/',
    license: 'Apache-2.0',
    requiredPermissions: ['risk:update'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        url: {
          type: 'string',
          title: 'Address of the file of all scores, packed (.csv.gz) or not; {date} is the day (UTC), as 2026-01-31',
          format: 'uri',
          'x-target': true,
          maxLength: 500,
          default: FEED,
        },
      },
    },
  },

  async test(context) {
    return [await checked('The scores can be read', () => scores(context))];
  },

  async *sync(context) {
    const file = await scores(context);
    const [version, place] = context.checkpoint?.split('@') ?? [];
    let from = version === file.version ? Number(place) : undefined;
    for (;;) {
      const { records, next } = file.part(from, RECORDS_PER_STEP);
      if (next === undefined) {
        yield { records, complete: true };
        return;
      }
      yield { records, checkpoint: `${file.version}@${next}` };
      from = next;
    }
  },
};

async function scores(context: ConnectorContext): Promise<EpssFile> {
  const { url = FEED } = context.configuration;
  const today = new Date().toISOString().slice(0, 10);
  return EpssFile.read(
    await fetchFile(context, String(url).replaceAll('{date}', today), { maxBytes: MOST_FILE_BYTES }),
  );
}
