import { createHash } from 'node:crypto';
import { tag, type Tag } from '../cache/tag';
import { tagsAmong } from '../cache/tag-list';
import type { ExpectedVersion } from '../http/conditional';
import type { UpdateRisk } from './risk.dto';

/** What depends on more risks than one depends on `all`, or on {@link countedRisks}, or on {@link shownRisks}. */
export const RiskTags = {
  /** Which risks there are and whose they are. Evicted as well when it is not known what has changed of them. */
  all: tag('risk', 'all'),
  /** What risks are counted by: ratings, statuses, due dates, groups. */
  counted: tag('risk', 'counted'),
  /** What is only to be seen where a risk itself is. */
  shown: tag('risk', 'shown'),
  /** Everything about single risks, for changes that reach an unknown number of them. */
  each: tag('risk', 'id'),
  /** What the tenant calls ratings and severities, and where each severity begins. */
  settings: tag('risk', 'settings'),
  one: (id: string): Tag => tag('risk', 'id', id),
};

/** Of totals and statistics. */
export const countedRisks = [RiskTags.all, RiskTags.counted];
/** Of lists, and of totals that any field may narrow. */
export const shownRisks = [...countedRisks, RiskTags.shown];

const isShown = {
  ...{ title: true, description: true, tags: true, treatment: true, customFields: true },
  ...{ nextReviewAt: true, reviewCadenceDays: true },
} satisfies Partial<Record<keyof UpdateRisk, true>>;
const isCounted = {
  ...{ probability: true, impact: true, residualProbability: true, residualImpact: true },
  ...{ targetProbability: true, targetImpact: true, assetIds: true, dueDate: true, category: true, frameworks: true },
} satisfies Partial<Record<keyof UpdateRisk, true>>;

/** Most changes are of words: they leave statistics and mitigations alone. */
export const changedRisks = tagsAmong(
  [RiskTags.all, RiskTags.counted, RiskTags.shown],
  (_id: string, _expected: ExpectedVersion, change: UpdateRisk) => {
    const fields = Object.keys(change).filter((field) => change[field as keyof UpdateRisk] !== undefined);
    if (fields.every((field) => field in isShown)) return [RiskTags.shown];
    return [fields.every((field) => field in isShown || field in isCounted) ? RiskTags.counted : RiskTags.all];
  },
);

export const RiskKeys = {
  search: (q: string, limit: number) => ['search', createHash('sha256').update(`${limit} ${q}`).digest('hex')],
};
