import { CANONICAL_UUID } from '../../../http/canonical-uuid';
import { nameProblem, textProblem } from '../../../http/text-safety';
import { isCustomField, type CustomFieldValue } from '../../custom-field-values';
import { INITIAL_STATUSES, RISK_STATUSES } from '../../lifecycle/risk-lifecycle';
import { RISK_LIMITS, TREATMENTS } from '../../risk-terms';
import { hashId, sourceId } from '../external-id';
import type { Rating, RiskCandidate } from '../import-row';
import { isObject } from '../json-document';
import type { RowReader } from '../row-reader';

/** Fields that an import may set. */
export const REGISTER_FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'title', 'description', 'category', 'probability', 'impact', 'residualProbability', 'residualImpact'],
  ...[
    'targetProbability',
    'targetImpact',
    'status',
    'treatment',
    'tags',
    'frameworks',
    'dueDate',
    'nextReviewAt',
    'reviewCadenceDays',
    'externalId',
    'customFields',
  ],
]);

export const LIST_FIELDS: ReadonlySet<string> = new Set(['tags', 'frameworks']);

/** What an export also contains and the system computes or keeps itself. */
export const READ_ONLY_FIELDS: ReadonlySet<string> = new Set([
  ...['score', 'severity', 'residualScore', 'residualSeverity', 'targetScore', 'targetSeverity', 'source'],
  ...['version', 'createdAt', 'updatedAt', 'deletedAt', 'ownerId', 'assigneeId', 'assets'],
  ...['acceptanceRequested', 'acceptedUntil', 'acceptanceExpiring'],
]);

const listSeparator = /[;|]/;

/** Our own format keeps the rules of the API: nothing is cut, assumed or guessed. */
export function readRegisterRow(fields: RowReader): RiskCandidate | undefined {
  for (const name of fields.names()) {
    if (!REGISTER_FIELDS.has(name) && !READ_ONLY_FIELDS.has(name)) {
      fields.refuse(name, 'unknown-field', 'is not a field of a risk');
    }
  }
  const title = limited(fields, 'title', RISK_LIMITS.title);
  if (fields.raw('title') === undefined) fields.refuse('title', 'required', 'is required');
  const description = limited(fields, 'description', RISK_LIMITS.description) ?? '';
  const category = limited(fields, 'category', RISK_LIMITS.category);
  const probability = requiredRating(fields, 'probability');
  const impact = requiredRating(fields, 'impact');
  const residual = ratingPair(fields, 'residualProbability', 'residualImpact');
  const target = ratingPair(fields, 'targetProbability', 'targetImpact');
  const status = readStatus(fields);
  const treatment = fields.choice('treatment', TREATMENTS);
  const tags = tagList(fields, 'tags');
  const frameworks = tagList(fields, 'frameworks');
  const dueDate = fields.date('dueDate', 'refuse-ambiguous');
  const nextReviewAt = fields.date('nextReviewAt', 'refuse-ambiguous');
  const reviewCadenceDays = fields.integer(
    'reviewCadenceDays',
    RISK_LIMITS.cadenceDays.min,
    RISK_LIMITS.cadenceDays.max,
  );
  const customFields = readCustomFields(fields);
  const identity = readIdentity(fields, title);
  if (title === undefined || probability === undefined || impact === undefined) return undefined;

  const dates = { dueDate, nextReviewAt, reviewCadenceDays };
  const optional = { category, ...residual, ...target, status, treatment, ...dates, customFields };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { ...identity, title, description, probability, impact, tags, frameworks, ...present };
}

/** An export says what its register calls each risk, and then nothing stands for a missing id. */
function readIdentity(fields: RowReader, title: string | undefined): Pick<RiskCandidate, 'externalId' | 'riskId'> {
  const id = fields.text('id');
  const externalId = limited(fields, 'externalId', RISK_LIMITS.externalId);
  if (id !== undefined && CANONICAL_UUID.pattern.test(id)) return { externalId: externalId ?? id, riskId: id };
  if (id !== undefined)
    fields.note('id', 'not-imported', 'is no id of a risk; the risk is known by what else names it');
  return { externalId: sourceId(externalId) ?? hashId(['register', title]) };
}

function limited(fields: RowReader, name: string, max: number): string | undefined {
  const text = fields.text(name);
  if (text === undefined || !isLonger(text, max)) return text;
  fields.refuse(name, 'max-length', `must be at most ${max} characters long (it has ${[...text].length})`);
  return undefined;
}

/** In characters of Unicode, as the API counts them. */
function isLonger(text: string, max: number): boolean {
  return text.length > max && [...text].length > max;
}

function rating(fields: RowReader, name: string): Rating | undefined {
  return fields.integer(name, 1, 5) as Rating | undefined;
}

function requiredRating(fields: RowReader, name: string): Rating | undefined {
  const value = rating(fields, name);
  const refused = fields.problems.some(({ pointer }) => pointer === `/${name}`);
  if (value === undefined && !refused) fields.refuse(name, 'required', 'is required: a whole number from 1 to 5');
  return value;
}

/** Both or none. */
function ratingPair(fields: RowReader, probabilityName: string, impactName: string): Record<string, Rating> {
  const probability = rating(fields, probabilityName);
  const impact = rating(fields, impactName);
  if (probability !== undefined && impact !== undefined)
    return { [probabilityName]: probability, [impactName]: impact };
  if (probability !== undefined) fields.refuse(impactName, 'required', `goes with ${probabilityName}`);
  if (impact !== undefined) fields.refuse(probabilityName, 'required', `goes with ${impactName}`);
  return {};
}

/** An export may hold a status that only transitions (and their guards) lead to: the risk is imported without it. */
function readStatus(fields: RowReader): RiskCandidate['status'] {
  const status = fields.choice('status', RISK_STATUSES);
  const settable = INITIAL_STATUSES.find((each) => each === status);
  if (status !== undefined && settable === undefined) {
    fields.note('status', 'not-imported', `${status} is reached by transitions only; an import does not set it`);
  }
  return settable;
}

function tagList(fields: RowReader, name: string): string[] {
  const list = fields.list(name, listSeparator);
  const tooLong = list.some((item) => isLonger(item, RISK_LIMITS.tag));
  if (tooLong) fields.refuse(name, 'max-length', `must have items of at most ${RISK_LIMITS.tag} characters`);
  if (list.length > RISK_LIMITS.tags) fields.refuse(name, 'max-items', `must have at most ${RISK_LIMITS.tags} items`);
  return [...new Set(list)];
}

/** A JSON object, in a CSV cell as text. */
function readCustomFields(fields: RowReader): Record<string, CustomFieldValue> | undefined {
  const raw = fields.raw('customFields');
  if (raw === undefined) return undefined;
  const value = typeof raw === 'string' ? parseCell(raw) : raw;
  const entries = isObject(value) ? Object.entries(value).filter(([, item]) => item !== null) : undefined;
  const usable = entries?.filter((entry): entry is [string, CustomFieldValue] => isSafeCustomField(entry[0], entry[1]));
  if (entries && usable?.length === entries.length && usable.length <= RISK_LIMITS.customFields) {
    return Object.fromEntries(usable);
  }
  const texts = `texts up to ${RISK_LIMITS.customFieldText} characters, numbers, true or false`;
  fields.refuse(
    'customFields',
    'type',
    `must be an object of at most ${RISK_LIMITS.customFields} simple names with ${texts}`,
  );
  return undefined;
}

/** The rule of the API, and what every body is checked for before it. */
function isSafeCustomField(name: string, value: unknown): boolean {
  const problem = nameProblem(name) ?? (typeof value === 'string' ? textProblem(value) : undefined);
  return problem === undefined && isCustomField(name, value);
}

function parseCell(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
