import { rowsOfDependencyTrack } from '../../../risk/import/connector-rows';
import { checked } from '../../checked';
import type { Connector, ConnectorContext, SyncStep } from '../../connector';
import { ConnectorFailure } from '../../connector-failure';
import { addressBelow, fetchPage } from '../../fetch-page';

const PROJECTS_PER_PAGE = 100;
const RECORDS_PER_STEP = 500;

/** Findings of all projects of a Dependency-Track, by its API. */
export const connector: Connector = {
  manifest: {
    slug: 'dependency-track',
    name: 'Dependency-Track findings',
    version: '1.0.0',
    author: 'OpenRisk',
    description:
      'Each vulnerability of a component of an active project becomes a risk: its severity the impact, EPSS the probability. The key needs VIEW_PORTFOLIO and VIEW_VULNERABILITY.',
    category: 'vulnerability_management',
    status: 'ACTIVE',
    capabilities: ['risk_import', 'vuln_scanning'],
    documentation: 'https://docs.dependencytrack.org/integrations/rest-api/',
    license: 'Apache-2.0',
    requiredPermissions: ['risk:create', 'risk:update'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'apiKey'],
      properties: {
        url: { type: 'string', title: 'Address of the API server', format: 'uri', 'x-target': true, maxLength: 500 },
        apiKey: { type: 'string', title: 'API key of a team', writeOnly: true, minLength: 1, maxLength: 500 },
      },
    },
  },

  async test(context) {
    return [await checked('The projects can be read', () => projectsOn(context, 1))];
  },

  async *sync(context) {
    const projectsDone = Number(context.checkpoint ?? 0);
    let page = Math.floor(projectsDone / PROJECTS_PER_PAGE) + 1;
    let done = (page - 1) * PROJECTS_PER_PAGE;
    for (; ; page++) {
      const { ids, total } = await projectsOn(context, page);
      for (const id of ids) {
        done += 1;
        if (done > projectsDone) yield* projectSteps(await findingsOf(context, id), done);
      }
      const isLast = ids.length < PROJECTS_PER_PAGE || done >= total;
      if (isLast && done < total && total !== Infinity) {
        throw new ConnectorFailure(`The source says that it has ${total} projects, but lists ${done}.`);
      }
      if (isLast) {
        yield { records: [], complete: true, checkpoint: String(done) };
        return;
      }
    }
  },
};

/** A project is done when the last of its findings is: cut off before, all of them come again, and change nothing. */
function* projectSteps(findings: readonly unknown[], done: number): Iterable<SyncStep> {
  const records = rowsOfDependencyTrack(findings).map((row) => ({ kind: 'risk', row }) as const);
  let at = 0;
  do {
    const slice = records.slice(at, at + RECORDS_PER_STEP);
    at += RECORDS_PER_STEP;
    yield { records: slice, checkpoint: String(at < records.length ? done - 1 : done) };
  } while (at < records.length);
}

async function projectsOn(context: ConnectorContext, pageNumber: number): Promise<{ ids: string[]; total: number }> {
  const query = {
    excludeInactive: 'true',
    sortName: 'name',
    sortOrder: 'asc',
    pageNumber,
    pageSize: PROJECTS_PER_PAGE,
  };
  const { body, headers } = await fetchPage(context, address(context, 'api/v1/project', query), key(context));
  if (!Array.isArray(body) || body.length > PROJECTS_PER_PAGE) {
    throw new ConnectorFailure('The source did not answer with a page of projects.');
  }
  const ids = body.map((project: unknown) => (project as { uuid?: unknown } | null)?.uuid);
  if (!ids.every((id): id is string => typeof id === 'string' && /^[\da-f-]{36}$/i.test(id))) {
    throw new ConnectorFailure('The source lists a project without a UUID.');
  }
  const said = Number(headers['x-total-count'] ?? NaN);
  return { ids, total: Number.isSafeInteger(said) ? said : Infinity };
}

async function findingsOf(context: ConnectorContext, projectId: string): Promise<readonly unknown[]> {
  const path = `api/v1/finding/project/${projectId}`;
  const { body } = await fetchPage(context, address(context, path, { suppressed: 'false' }), key(context));
  if (!Array.isArray(body)) throw new ConnectorFailure('The source did not answer with the findings of a project.');
  return body as readonly unknown[];
}

function address({ configuration }: ConnectorContext, path: string, query: Record<string, string | number>): URL {
  return addressBelow(configuration['url'], path, query);
}

function key({ configuration }: ConnectorContext): { 'x-api-key': string } {
  return { 'x-api-key': String(configuration['apiKey']) };
}
