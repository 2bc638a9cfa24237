import { tag, type Tag } from '../../cache/tag';
import { tagsAmong } from '../../cache/tag-list';
import type { ExpectedVersion } from '../../http/conditional';
import type { UpdateMitigation } from './mitigation.dto';

export const MitigationTags = {
  /** What tells of several mitigations: lists, totals, recommendations. Every change evicts it. */
  all: tag('risk', 'mitigations'),
  /** What only counts them: by status, due date and whose they are. */
  counted: tag('risk', 'mitigations', 'counted'),
  one: (id: string): Tag => tag('risk', 'mitigation', id),
  /** Of what looks at the mitigations of one risk. */
  ofRisk: (riskId: string): Tag => tag('risk', 'id', riskId, 'mitigations'),
};

const isNotCounted = {
  ...{ title: true, progress: true, cost: true, durationDays: true },
} satisfies Partial<Record<keyof UpdateMitigation, true>>;

const telling = [MitigationTags.one, MitigationTags.all, MitigationTags.ofRisk] as const;

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
  return [MitigationTags.one(id), MitigationTags.all, MitigationTags.ofRisk(riskId)];
}
