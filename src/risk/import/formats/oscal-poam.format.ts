import { INITIAL_STATUSES } from '../../lifecycle/risk-lifecycle';
import { entryIn, isOscalStatusOf } from '../../oscal-entry';
import { hashId, refuseRepeatedIds, sourceId } from '../external-id';
import { fitTags, fitTexts } from '../fit-text';
import type { RiskCandidate } from '../import-row';
import { isObject, jsonRecords, type JsonObject } from '../json-document';
import { UNRATED } from '../rating-tables';
import { mapped } from '../repeatable';
import { readRow, RowReader, unreadNames } from '../row-reader';
import { UnreadableImport } from '../unreadable-import';
import type { ImportDocument, ImportFormat } from './file-format';
import { isRated, objects, readRatings, readState, sectionsOf } from './oscal-risk-fields';
import { readRegisterRow } from './register-row';

const ROOT = 'plan-of-action-and-milestones';

const fieldNames = new Set([
  ...['uuid', 'title', 'description', 'statement', 'status', 'characterizations', 'mitigating-factors', 'deadline'],
  ...['remediations', 'remarks'],
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
    const areOurs = records.every(({ fields }) => hasOurPropertiesOnly(fields.get('props')));
    return {
      rows: refuseRepeatedIds(
        mapped(records, (record) => readRow(record, toCandidate)),
        'uuid',
      ),
      unread: unreadNames(records, (name) => fieldNames.has(name) || (name === 'props' && areOurs)),
    };
  },
};

function planOf(document: ImportDocument): JsonObject | undefined {
  const plan = document.kind === 'json' && isObject(document.root) ? document.root[ROOT] : undefined;
  return isObject(plan) ? plan : undefined;
}

function hasOurPropertiesOnly(properties: unknown): boolean {
  if (properties === undefined) return true;
  return Array.isArray(properties) && properties.every((one) => isObject(one) && entryIn(one) !== undefined);
}

function toCandidate(fields: RowReader): RiskCandidate | undefined {
  const [entry] = objects(fields.raw('props')).flatMap((property) => entryIn(property) ?? []);
  return entry ? toOwnRisk(fields, entry) : toForeignRisk(fields);
}

/** Nothing of our own export is lost; what OSCAL has a place for, somebody may have changed there. */
function toOwnRisk(fields: RowReader, entry: ReadonlyMap<string, unknown>): RiskCandidate | undefined {
  const { status, treatment } = readState(fields);
  const isAsExported = isOscalStatusOf(fields.text('status'), entry.get('status'));
  const initial = INITIAL_STATUSES.find((each) => isAsExported && each === entry.get('status'));
  const sections = sectionsOf(fields).map(([heading, text]) => text && `${heading}: ${text}`);
  const own = new RowReader({
    row: 0,
    fields: new Map<string, unknown>([
      ...entry,
      ['title', fields.raw('title')],
      ['description', [fields.text('description'), ...sections].filter(Boolean).join('\n\n')],
      ...Object.entries(readRatings(fields)),
      ['status', initial ?? status],
      ...(isAsExported || treatment === undefined ? [] : [['treatment', treatment] as const]),
      ['dueDate', fields.date('deadline', 'refuse-ambiguous')],
    ]),
  });
  const candidate = readRegisterRow(own);
  fields.problems.push(...own.problems);
  fields.notices.push(...own.notices);
  return candidate;
}

function toForeignRisk(fields: RowReader): RiskCandidate | undefined {
  const title = fields.requiredText('title');
  const externalId = sourceId(fields.text('uuid')) ?? hashId(['oscal', title]);
  const body = fields.text('description') ?? '';
  const ratings = readRatings(fields);
  if (!isRated(ratings) && fields.problems.length === 0) {
    const message = `is not rated: the risk is a draft tagged "${UNRATED.tag}" with ${UNRATED.rating} for what is missing`;
    fields.note('characterizations', 'unrated', message);
  }
  const state = readState(fields);
  const dueDate = fields.date('deadline', 'refuse-ambiguous');
  if (title === undefined) return undefined;

  const texts = fitTexts(title, body, sectionsOf(fields));
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
