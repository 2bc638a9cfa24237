import type { Section } from '../fit-text';
import type { Rating, RiskCandidate } from '../import-row';
import { isObject, type JsonObject } from '../json-document';
import { KNOWN_LABELS, readLabel, type LabelKind } from '../rating-labels';
import type { RowReader } from '../row-reader';

/** What a risk's status says about its place in the register and how it is treated. */
const statuses = new Map<string, Pick<RiskCandidate, 'status' | 'treatment'>>([
  ['open', { status: 'IDENTIFIED' }],
  ['investigating', { status: 'IDENTIFIED' }],
  ['remediating', { status: 'ASSESSED', treatment: 'MITIGATE' }],
  ['deviation-requested', { status: 'ASSESSED' }],
  ['deviation-approved', { status: 'ASSESSED', treatment: 'ACCEPT' }],
  ['closed', { status: 'CLOSED' }],
]);

/** What OSCAL tells besides the description. */
export function sectionsOf(fields: RowReader): readonly Section[] {
  const statement = fields.text('statement');
  return [
    // Required by the format, and so often nothing else than the description.
    ['Statement', statement === fields.text('description') ? undefined : statement],
    ['Mitigating factors', paragraphs(fields.raw('mitigating-factors'), ['description'])],
    ['Remediations', paragraphs(fields.raw('remediations'), ['title', 'description'])],
    ['Remarks', fields.text('remarks')],
  ];
}

interface Ratings {
  readonly probability?: Rating;
  readonly impact?: Rating;
}

export function isRated({ probability, impact }: Ratings): boolean {
  return probability !== undefined && impact !== undefined;
}

/** The facets `likelihood` and `impact`; of several characterizations the last one that has them. */
export function readRatings(fields: RowReader): Ratings {
  const facets = objects(fields.raw('characterizations')).flatMap(({ facets }) => objects(facets));
  const probability = readFacet(fields, facets, 'likelihood', 'probability');
  const impact = readFacet(fields, facets, 'impact', 'impact');
  return { ...(probability ? { probability } : {}), ...(impact ? { impact } : {}) };
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

export function readState(fields: RowReader): Pick<RiskCandidate, 'status' | 'treatment'> {
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

export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
