import { everyRow, rowTag } from '../../cache/row-tags';
import { tag, type Tag } from '../../cache/tag';
import { tagsAmong } from '../../cache/tag-list';
import type { ExpectedVersion } from '../../http/conditional';
import { decidedByWords } from '../decided-by-words';
import { RiskTags } from '../risk.cache';
import type { MitigationFilter } from './mitigation-filter';
import type { MitigationSortField } from './mitigation-sort';
import type { UpdateMitigation } from './mitigation.dto';

export const MitigationTags = {
  /** By status, due date and whose they are: what counts mitigations, and which of them a list shows. */
  counted: tag('risk', 'mitigations', 'counted'),
  /** What is only to be seen where a mitigation itself is, its words for short; also of lists that they decide about. */
  shown: tag('risk', 'mitigations', 'shown'),
  /** The same of a single one, of pages that show it. */
  row: rowTag('risk', 'mitigations', 'row'),
  one: (id: string): Tag => tag('risk', 'mitigation', id),
  /** Of what looks at the mitigations of one risk. */
  ofRisk: (riskId: string): Tag => tag('risk', 'id', riskId, 'mitigations'),
};

export const mitigationRowTags = everyRow(MitigationTags.row);

const byWords = decidedByWords<MitigationFilter, MitigationSortField>(
  { q: true, status: false, assigneeId: false, riskId: false, overdue: false },
  {
    ...{ title: true, progress: true, cost: true, durationDays: true, updatedAt: true },
    ...{ createdAt: false, dueDate: false },
  },
);

/** Of lists and totals. Whose a mitigation is, and whether it is there, depends on its risk as well. */
export const listedMitigations = tagsAmong(
  [RiskTags.all, MitigationTags.counted, MitigationTags.shown],
  (query: MitigationFilter & { readonly sort?: string }) => [
    ...[RiskTags.all, MitigationTags.counted],
    ...(byWords(query) ? [MitigationTags.shown] : []),
  ],
);

const isNotCounted = {
  ...{ title: true, progress: true, cost: true, durationDays: true },
} satisfies Partial<Record<keyof UpdateMitigation, true>>;

const telling = [MitigationTags.one, MitigationTags.shown, MitigationTags.row, MitigationTags.ofRisk] as const;

export const tagsOfSubActions = tagsAmong(telling, tellingOf);

/** Of a mitigation more or less. */
export const tagsOfExistence = tagsAmong([...telling, MitigationTags.counted], (riskId: string, id: string) => [
  ...tellingOf(riskId, id),
  MitigationTags.counted,
]);

export const tagsOfChange = tagsAmong(
  [...telling, MitigationTags.counted],
  (riskId: string, id: string, _expected: ExpectedVersion, change: UpdateMitigation) => {
    const fields = Object.keys(change).filter((field) => change[field as keyof UpdateMitigation] !== undefined);
    return [
      ...tellingOf(riskId, id),
      ...(fields.every((field) => field in isNotCounted) ? [] : [MitigationTags.counted]),
    ];
  },
);

function tellingOf(riskId: string, id: string): Tag[] {
  return [MitigationTags.one(id), MitigationTags.shown, MitigationTags.row(id), MitigationTags.ofRisk(riskId)];
}
