import { hashId, refuseRepeatedIds, sourceId } from '../external-id';
import { fitTags, fitTexts } from '../fit-text';
import type { Rating, RiskCandidate } from '../import-row';
import { isObject, jsonRecords, type JsonObject } from '../json-document';
import { KNOWN_LABELS, readLabel, type LabelKind } from '../rating-labels';
import { UNRATED } from '../rating-tables';
import { mapped } from '../repeatable';
import { readRow, unreadNames, type RowReader } from '../row-reader';
import { UnreadableImport } from '../unreadable-import';
import type { ImportDocument, ImportFormat } from './file-format';

const ROOT = 'plan-of-action-and-milestones';

const fieldNames = new Set([
  ...['uuid', 'title', 'description', 'statement', 'status', 'characterizations', 'mitigating-factors', 'deadline'],
  ...['remediations', 'remarks'],
]);

/** What a risk's status says about its place in the register and how it is treated. */
const statuses = new Map<string, Pick<RiskCandidate, 'status' | 'treatment'>>([
  ['open', { status: 'IDENTIFIED' }],
  ['investigating', { status: 'IDENTIFIED' }],
  ['remediating', { status: 'ASSESSED', treatment: 'MITIGATE' }],
  ['deviation-requested', { status: 'ASSESSED' }],
  ['deviation-approved', { status: 'ASSESSED', treatment: 'ACCEPT' }],
  ['closed', { status: 'CLOSED' }],
]);

/** Plan of action and milestones: each of its risks. */
export const oscalPoamFormat: ImportFormat = {
  id: 'oscal-poam',
  title: 'OSCAL plan of action and milestones (JSON)',
  needs: `an object "${ROOT}" with a list "risks"`,

  recognises: (document) => planOf(document) !== undefined,

  read(document) {
    const risks = planOf(document)?.['risks'] ?? [];
    if (!Array.isArray(risks)) throw new UnreadableImport(`"risks" of "${ROOT}" must be a list.`);
    const records = jsonRecords(risks);
    return {
      rows: refuseRepeatedIds(
        mapped(records, (record) => readRow(record, toCandidate)),
        'uuid',
      ),
      unread: unreadNames(records, (name) => fieldNames.has(name)),
    };
  },
};

function planOf(document: ImportDocument): JsonObject | undefined {
  const plan = document.kind === 'json' && isObject(document.root) ? document.root[ROOT] : undefined;
  return isObject(plan) ? plan : undefined;
}

function toCandidate(fields: RowReader): RiskCandidate | undefined {
  const title = fields.requiredText('title');
  const externalId = sourceId(fields.text('uuid')) ?? hashId(['oscal', title]);
  const body = fields.text('description') ?? '';
  const statement = fields.text('statement');
  const ratings = readRatings(fields);
  const state = readState(fields);
  const dueDate = fields.date('deadline', 'refuse-ambiguous');
  const sections = [
    // Required by the format, and so often nothing else than the description.
    ['Statement', statement === body ? undefined : statement],
    ['Mitigating factors', paragraphs(fields.raw('mitigating-factors'), ['description'])],
    ['Remediations', paragraphs(fields.raw('remediations'), ['title', 'description'])],
    ['Remarks', fields.text('remarks')],
  ] as const;
  if (title === undefined) return undefined;

  const texts = fitTexts(title, body, sections);
  if (texts.cut) fields.note('title', 'cut', 'was longer than a risk may hold and was cut');
  return {
    externalId,
    title: texts.title,
    description: texts.description,
    probability: ratings.probability ?? UNRATED.rating,
    impact: ratings.impact ?? UNRATED.rating,
    ...state,
    ...(isRated(ratings) ? {} : { status: UNRATED.status }),
    tags: fitTags([isRated(ratings) ? undefined : UNRATED.tag]),
    frameworks: [],
    ...(dueDate ? { dueDate } : {}),
  };
}

interface Ratings {
  readonly probability?: Rating;
  readonly impact?: Rating;
}

function isRated({ probability, impact }: Ratings): boolean {
  return probability !== undefined && impact !== undefined;
}

/** The facets `likelihood` and `impact`; of several characterizations the last one that has them. */
function readRatings(fields: RowReader): Ratings {
  const facets = objects(fields.raw('characterizations')).flatMap(({ facets }) => objects(facets));
  const probability = readFacet(fields, facets, 'likelihood', 'probability');
  const impact = readFacet(fields, facets, 'impact', 'impact');
  const ratings = { ...(probability ? { probability } : {}), ...(impact ? { impact } : {}) };
  if (!isRated(ratings) && fields.problems.length === 0) {
    const message = `is not rated: the risk is a draft tagged "${UNRATED.tag}" with ${UNRATED.rating} for what is missing`;
    fields.note('characterizations', 'unrated', message);
  }
  return ratings;
}

function readFacet(
  fields: RowReader,
  facets: readonly JsonObject[],
  name: string,
  kind: LabelKind,
): Rating | undefined {
  const value = facets.findLast((facet) => facet['name'] === name)?.['value'];
  if (typeof value !== 'string') return undefined;
  const level = readLabel(value, kind);
  if (level === 'not-rated') return undefined;
  if (level !== 'unknown') return level;
  const message = `has a facet ${name} that is no known level; known are 1 to 5, --, ${KNOWN_LABELS[kind]}`;
  fields.refuse('characterizations', 'choice', message);
  return undefined;
}

function readState(fields: RowReader): Pick<RiskCandidate, 'status' | 'treatment'> {
  const status = fields.text('status')?.toLowerCase() ?? 'open';
  const known = statuses.get(status);
  // The model allows words of one's own.
  if (!known) fields.note('status', 'not-imported', 'is a status of its own; the risk is imported as IDENTIFIED');
  return known ?? { status: 'IDENTIFIED' };
}

function paragraphs(value: unknown, names: readonly string[]): string | undefined {
  const texts = objects(value).map((item) => names.flatMap((name) => safeText(item[name])).join('\n'));
  return texts.filter(Boolean).join('\n\n') || undefined;
}

function safeText(value: unknown): string[] {
  return typeof value === 'string' ? [value.toWellFormed().replaceAll('\0', '').trim()] : [];
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
