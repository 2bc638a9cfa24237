import { createHash } from 'node:crypto';
import { everyRow, rowTag } from '../cache/row-tags';
import { tag, type Tag } from '../cache/tag';
import { tagsAmong } from '../cache/tag-list';
import type { ExpectedVersion } from '../http/conditional';
import { decidedByWords } from './decided-by-words';
import type { RiskFilter } from './risk-filter';
import type { SortField } from './risk-sort';
import type { UpdateRisk } from './risk.dto';

/** What depends on more risks than one depends on `all`, or on {@link countedRisks}, or on {@link shownRisks}. */
export const RiskTags = {
  /** Which risks there are and whose they are. Evicted as well when it is not known what has changed of them. */
  all: tag('risk', 'all'),
  /** What risks are counted by: ratings, statuses, due dates, groups. */
  counted: tag('risk', 'counted'),
  /** What is only to be seen where a risk itself is, its words for short: reviews too. Of searches, and of lists that they decide about. */
  shown: tag('risk', 'shown'),
  /** The same of a single risk, of pages that show it. */
  row: rowTag('risk', 'row'),
  /** When risks are to be reviewed. */
  reviewed: tag('risk', 'reviewed'),
  /** Everything about single risks, for changes that reach an unknown number of them. */
  each: tag('risk', 'id'),
  /** What the tenant calls ratings and severities, and where each severity begins. */
  settings: tag('risk', 'settings'),
  /** A risk and all that belongs to it. */
  one: (id: string): Tag => tag('risk', 'id', id),
  /** Itself and what tells its version; not what belongs to it: comments, mitigations, reviews, acceptances. */
  state: (id: string): Tag => tag('risk', 'id', id, 'state'),
};

export const rowTags = everyRow(RiskTags.row);

/** Of totals and statistics. */
export const countedRisks = [RiskTags.all, RiskTags.counted];
/** Of what words decide about. */
export const shownRisks = [...countedRisks, RiskTags.shown];

const byWords = decidedByWords<RiskFilter, SortField>(
  {
    ...{ q: true, tag: true, updatedSince: true },
    ...{ status: false, severity: false, category: false, framework: false, source: false, createdSince: false },
    ...{ ownerId: false, assigneeId: false, assetId: false, probability: false, impact: false, overdue: false },
    ...{ scoreMin: false, scoreMax: false, residualScoreMin: false, residualScoreMax: false },
    ...{ targetScoreMin: false, targetScoreMax: false, acceptanceRequested: false, acceptanceExpiring: false },
  },
  {
    ...{ title: true, updatedAt: true },
    ...{ score: false, residualScore: false, targetScore: false, probability: false, impact: false },
    ...{ createdAt: false, dueDate: false },
  },
);

/** Of lists and totals: which risks they are about, and in which order. */
export const listedRisks = tagsAmong(shownRisks, (query: RiskFilter & { readonly sort?: string }) =>
  byWords(query) ? shownRisks : countedRisks,
);

const isReviewed = { nextReviewAt: true, reviewCadenceDays: true } satisfies Partial<Record<keyof UpdateRisk, true>>;
const isShown = {
  ...{ title: true, description: true, tags: true, treatment: true, customFields: true, ...isReviewed },
} satisfies Partial<Record<keyof UpdateRisk, true>>;
const isCounted = {
  ...{ probability: true, impact: true, residualProbability: true, residualImpact: true },
  ...{ targetProbability: true, targetImpact: true, assetIds: true, dueDate: true, category: true, frameworks: true },
} satisfies Partial<Record<keyof UpdateRisk, true>>;

/** Most changes are of words: they leave alone statistics, what belongs to the risk, and pages that do not show it. */
export const changedRisks = tagsAmong(
  [RiskTags.one, RiskTags.all, RiskTags.counted, RiskTags.shown, RiskTags.row, RiskTags.reviewed],
  (id: string, _expected: ExpectedVersion, change: UpdateRisk) => {
    const fields = Object.keys(change).filter((field) => change[field as keyof UpdateRisk] !== undefined);
    if (fields.every((field) => field in isShown)) {
      const reviewed = fields.some((field) => field in isReviewed) ? [RiskTags.reviewed] : [];
      return [RiskTags.shown, RiskTags.row(id), ...reviewed];
    }
    const isOnlyCounted = fields.every((field) => field in isShown || field in isCounted);
    return [RiskTags.one(id), isOnlyCounted ? RiskTags.counted : RiskTags.all];
  },
);

export const RiskKeys = {
  search: (q: string, limit: number) => ['search', createHash('sha256').update(`${limit} ${q}`).digest('hex')],
};
