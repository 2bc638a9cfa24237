import type { Treatment } from '../../risk-terms';
import { hashId, refuseRepeatedIds, sourceId } from '../external-id';
import { fitTags, fitTexts } from '../fit-text';
import type { Rating, RiskCandidate } from '../import-row';
import { KNOWN_LABELS, readLabel, type LabelKind } from '../rating-labels';
import { UNRATED } from '../rating-tables';
import { mapped } from '../repeatable';
import { readRow, unreadColumns, type RowReader } from '../row-reader';
import { renameFields } from '../source-record';
import type { ImportFormat } from './file-format';

/** Spellings of other versions of the exporting product. */
const otherNames = new Map([
  ['current_probability', 'current_proba'],
  ['residual_probability', 'residual_proba'],
  ['inherent_probability', 'inherent_proba'],
  ['applied_controls', 'additional_controls'],
]);

const fieldNames = new Set([
  ...['ref_id', 'name', 'description', 'assets', 'threats', 'existing_controls', 'additional_controls'],
  ...['inherent_proba', 'inherent_impact', 'current_proba', 'current_impact', 'residual_proba', 'residual_impact'],
  ...['treatment', 'justification'],
]);

const treatments = new Map<string, Treatment | undefined>([
  ['open', undefined],
  ['mitigate', 'MITIGATE'],
  ['accept', 'ACCEPT'],
  ['avoid', 'AVOID'],
  ['transfer', 'TRANSFER'],
]);

/** Risk scenarios of another register, with words for levels. */
export const scenariosCsvFormat: ImportFormat = {
  id: 'scenarios-csv',
  title: 'risk scenarios (CSV, as CISO Assistant exports it)',
  needs: 'the column name, and current or inherent probability and impact (current_proba, current_impact)',

  recognises(document) {
    if (document.kind !== 'csv') return false;
    const columns = new Set(document.columns.map(nameOf));
    const has = (when: string): boolean => columns.has(`${when}_proba`) && columns.has(`${when}_impact`);
    return columns.has('name') && (has('current') || has('inherent'));
  },

  read(document) {
    if (document.kind !== 'csv') return { rows: [], unread: [] };
    const records = renameFields(document.records, nameOf);
    return {
      rows: refuseRepeatedIds(
        mapped(records, (record) => readRow(record, toCandidate)),
        'ref_id',
      ),
      unread: unreadColumns(document.columns, nameOf, (name) => fieldNames.has(name)),
    };
  },
};

function nameOf(column: string): string {
  const name = column.toLowerCase();
  return otherNames.get(name) ?? name;
}

function toCandidate(fields: RowReader): RiskCandidate | undefined {
  const name = fields.requiredText('name');
  const ratings = readRatings(fields);
  const residual = readPair(fields, 'residual');
  const treatment = readTreatment(fields);
  const threats = fields.list('threats', /[,\n]/);
  const externalId = sourceId(fields.text('ref_id')) ?? hashId(['scenario', name]);
  const body = fields.text('description') ?? '';
  const sections = (['assets', 'threats', 'existing_controls', 'additional_controls', 'justification'] as const).map(
    (field) => [headings[field], fields.text(field)] as const,
  );
  if (name === undefined) return undefined;

  const texts = fitTexts(name, body, sections);
  if (texts.cut) fields.note('name', 'cut', 'was longer than a risk may hold and was cut');
  const unrated = ratings.status === UNRATED.status;
  return {
    externalId,
    title: texts.title,
    description: texts.description,
    ...ratings,
    ...(residual.probability && residual.impact
      ? { residualProbability: residual.probability, residualImpact: residual.impact }
      : {}),
    ...(treatment ? { treatment } : {}),
    tags: fitTags([unrated ? UNRATED.tag : undefined, ...threats]),
    frameworks: [],
  };
}

const headings = {
  assets: 'Assets',
  threats: 'Threats',
  existing_controls: 'Existing controls',
  additional_controls: 'Additional controls',
  justification: 'Justification',
} as const;

/** The current level; where it is not rated, the inherent one; where that is missing too, the documented default. */
function readRatings(fields: RowReader): Pick<RiskCandidate, 'probability' | 'impact' | 'status'> {
  const current = readPair(fields, 'current');
  const inherent = readPair(fields, 'inherent');
  const probability = current.probability ?? inherent.probability;
  const impact = current.impact ?? inherent.impact;
  if (probability && impact) return { probability, impact, status: 'ASSESSED' };
  const missing = [...(probability ? [] : ['probability']), ...(impact ? [] : ['impact'])].join(' and ');
  const column = probability ? 'current_impact' : 'current_proba';
  const message = `is not rated: the risk is a draft tagged "${UNRATED.tag}" with ${missing} ${UNRATED.rating}`;
  if (fields.problems.length === 0) fields.note(column, 'unrated', message);
  return { probability: probability ?? UNRATED.rating, impact: impact ?? UNRATED.rating, status: UNRATED.status };
}

function readPair(
  fields: RowReader,
  when: 'current' | 'inherent' | 'residual',
): { probability?: Rating; impact?: Rating } {
  const probability = readRating(fields, `${when}_proba`, 'probability');
  const impact = readRating(fields, `${when}_impact`, 'impact');
  return { ...(probability ? { probability } : {}), ...(impact ? { impact } : {}) };
}

function readRating(fields: RowReader, column: string, kind: LabelKind): Rating | undefined {
  const label = fields.text(column);
  const level = label === undefined ? 'not-rated' : readLabel(label, kind);
  if (level === 'not-rated') return undefined;
  if (level !== 'unknown') return level;
  fields.refuse(column, 'choice', `is not a known level; known are 1 to 5, --, ${KNOWN_LABELS[kind]}`);
  return undefined;
}

function readTreatment(fields: RowReader): Treatment | undefined {
  const word = fields.text('treatment')?.toLowerCase();
  if (word === undefined || word === '--' || treatments.has(word)) return treatments.get(word ?? '');
  fields.refuse('treatment', 'choice', `must be one of ${[...treatments.keys()].join(', ')}`);
  return undefined;
}
