import { v4 as newUuid, v5 as uuidOf } from 'uuid';
import { oscalStatusOf, registerEntry } from '../../oscal-entry';
import type { RiskResponse } from '../../risk.dto';
import type { Batches } from '../batches';
import { EMPTY_LIST, jsonList } from './json-list';

const OSCAL_VERSION = '1.1.2';
/** OSCAL takes UUIDs of version 4 and 5 only. */
const oscalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const REGISTER = '6f1c2a52-8d0b-4c63-9d0e-3f5b7a4e9c21';

/** An OSCAL plan of action and milestones: a risk, and an item that is about it, for each of ours. */
export async function* oscalPoam(batches: Batches): AsyncGenerator<string> {
  const about = {
    uuid: newUuid(),
    metadata: {
      ...{ title: 'Risk register', 'last-modified': new Date().toISOString(), version: '1' },
      'oscal-version': OSCAL_VERSION,
      parties: [{ uuid: REGISTER, type: 'organization', name: 'OpenRisk' }],
    },
  };
  yield `{"plan-of-action-and-milestones": ${JSON.stringify(about).slice(0, -1)}`;
  const risks = jsonList(batches, oscalRisk);
  const first = (await risks.next()).value ?? EMPTY_LIST;
  // Its lists may not be empty.
  if (first === EMPTY_LIST) yield `,\n"poam-items": ${JSON.stringify([NOTHING])}`;
  else {
    yield `,\n"risks": ${first}`;
    yield* risks;
    yield ',\n"poam-items": ';
    yield* jsonList(batches, poamItem);
  }
  yield '}}\n';
}

const NOTHING = { title: 'No risks', description: 'There is no risk in the register, or none that the filters leave.' };

function oscalRisk(risk: RiskResponse): object {
  return {
    uuid: uuidFor(risk),
    title: risk.title,
    ...{ description: risk.description, statement: risk.description },
    props: [registerEntry(risk)],
    status: oscalStatusOf(risk),
    characterizations: [
      {
        origin: { actors: [{ type: 'party', 'actor-uuid': REGISTER }] },
        facets: [facet('likelihood', risk.probability), facet('impact', risk.impact)],
      },
    ],
    ...(risk.dueDate === null ? {} : { deadline: `${risk.dueDate}T00:00:00Z` }),
  };
}

function poamItem(risk: RiskResponse): object {
  return { title: risk.title, description: risk.title, 'related-risks': [{ 'risk-uuid': uuidFor(risk) }] };
}

/** Of 1 to 5. */
function facet(name: string, rating: number): object {
  return { name, system: 'urn:openrisk:ratings', value: String(rating) };
}

/** The one that the risk has in the plan it was imported from; else always the same one for the same risk. */
function uuidFor({ id, externalId }: RiskResponse): string {
  return externalId !== null && oscalUuid.test(externalId) ? externalId : uuidOf(id, REGISTER);
}
