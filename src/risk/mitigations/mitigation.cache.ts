import { tag, type Tag } from '../../cache/tag';
import { tagsAmong } from '../../cache/tag-list';

export const MitigationTags = {
  /** What depends on more mitigations than one: lists, totals, recommendations, statistics. Every change evicts it. */
  all: tag('risk', 'mitigations'),
  one: (id: string): Tag => tag('risk', 'mitigation', id),
  /** Of what looks at the mitigations of one risk. */
  ofRisk: (riskId: string): Tag => tag('risk', 'id', riskId, 'mitigations'),
};

/** What a change of a mitigation, or of its sub-actions, makes old. */
export const changedMitigation = tagsAmong(
  [MitigationTags.one, MitigationTags.all, MitigationTags.ofRisk],
  (riskId: string, id: string) => [MitigationTags.one(id), MitigationTags.all, MitigationTags.ofRisk(riskId)],
);
