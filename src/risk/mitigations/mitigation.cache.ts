import { tag, type Tag } from '../../cache/tag';
import { tagsAmong } from '../../cache/tag-list';
import { RiskTags } from '../risk.cache';

export const MitigationTags = {
  /** What depends on more mitigations than one: lists, totals, recommendations, statistics. Every change evicts it. */
  all: tag('risk', 'mitigations'),
  one: (id: string): Tag => tag('risk', 'mitigation', id),
};

/** What a change of a mitigation, or of its sub-actions, makes old: of its risk, what it may do next and its mitigations. */
export const changedMitigation = tagsAmong(
  [MitigationTags.one, MitigationTags.all, RiskTags.one],
  (riskId: string, id: string) => [MitigationTags.one(id), MitigationTags.all, RiskTags.one(riskId)],
);
