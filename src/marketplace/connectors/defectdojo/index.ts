import { rowsOfFindings } from '../../../risk/import/connector-rows';
import { checked } from '../../checked';
import type { Connector, ConnectorContext } from '../../connector';
import { ConnectorFailure } from '../../connector-failure';
import { addressBelow, fetchPage } from '../../fetch-page';
import { findingOf, isRecord } from './finding-of';

const FINDINGS_PER_PAGE = 250;

interface Page {
  readonly count: number;
  readonly results: readonly unknown[];
  readonly isLast: boolean;
}

/** Findings of a DefectDojo, by its API v2, or of what speaks the same. */
export const connector: Connector = {
  manifest: {
    slug: 'defectdojo',
    name: 'DefectDojo findings',
    version: '1.0.0',
    author: 'OpenRisk',
    description:
      'Each finding becomes a risk: its severity the impact, EPSS and known exploitation the probability. A finding that is closed there is marked as vanished here.',
    category: 'vulnerability_management',
    status: 'ACTIVE',
    capabilities: ['risk_import', 'vuln_scanning'],
    documentation: 'https://docs.defectdojo.com/en/api/api-v2-docs/',
    license: 'Apache-2.0',
    requiredPermissions: ['risk:create', 'risk:update'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'token'],
      properties: {
        url: { type: 'string', title: 'Address of the installation', format: 'uri', 'x-target': true, maxLength: 500 },
        token: { type: 'string', title: 'API v2 key', writeOnly: true, minLength: 1, maxLength: 500 },
        activeOnly: { type: 'boolean', title: 'Only findings that are active and no duplicates', default: true },
        product: { type: 'integer', title: 'Only those of this product (its id)', minimum: 1 },
      },
    },
  },

  async test(context) {
    return [await checked('The findings can be read', () => pageOf(context, 0, 1))];
  },

  async *sync(context) {
    const { host } = new URL(String(context.configuration['url']));
    let offset = Number(context.checkpoint ?? 0);
    for (;;) {
      const { count, results, isLast } = await pageOf(context, offset, FINDINGS_PER_PAGE);
      offset += results.length;
      if (!isLast && (results.length === 0 || offset > count)) {
        throw new ConnectorFailure(`The source says that it has ${count} findings, but does not end there.`);
      }
      const rows = rowsOfFindings(results.map((finding) => findingOf(finding, host)));
      const records = rows.map((row) => ({ kind: 'risk', row }) as const);
      yield { records, checkpoint: String(offset), total: count, ...(isLast ? { complete: true } : {}) };
      if (isLast) return;
    }
  },
};

/** Pages are asked for by number: the address of the next one, as the source says it, is not to be trusted. */
async function pageOf(context: ConnectorContext, offset: number, limit: number): Promise<Page> {
  const { url, token, activeOnly = true, product } = context.configuration;
  const address = addressBelow(url, 'api/v2/findings/', {
    ...{ limit, offset, o: 'id' },
    ...(activeOnly === true ? { active: 'true', duplicate: 'false' } : {}),
    ...(typeof product === 'number' ? { test__engagement__product: product } : {}),
  });
  const { body } = await fetchPage(context, address, { authorization: `Token ${String(token)}` });
  if (!isRecord(body) || !Array.isArray(body['results']) || !Number.isSafeInteger(body['count'])) {
    throw new ConnectorFailure('The source did not answer with a page of findings: it needs "count" and "results".');
  }
  if (body['results'].length > limit) {
    throw new ConnectorFailure(`The source answers with more than the ${limit} findings that it was asked for.`);
  }
  return { count: body['count'] as number, results: body['results'], isLast: typeof body['next'] !== 'string' };
}
