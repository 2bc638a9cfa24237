import type { RiskResponse } from '../risk.dto';

/** First what an import takes, then what it leaves unread: computed, kept by the system, or of this tenant only. */
export const REGISTER_COLUMNS = [
  ...(['id', 'externalId', 'title', 'description', 'category', 'probability', 'impact'] as const),
  ...(['residualProbability', 'residualImpact', 'targetProbability', 'targetImpact', 'status', 'treatment'] as const),
  ...(['dueDate', 'nextReviewAt', 'reviewCadenceDays', 'tags', 'frameworks', 'customFields'] as const),
  ...(['score', 'severity', 'residualScore', 'residualSeverity', 'targetScore', 'targetSeverity', 'assets'] as const),
  ...(['ownerId', 'assigneeId', 'acceptanceRequested', 'acceptedUntil', 'source', 'createdAt', 'updatedAt'] as const),
] satisfies (keyof RiskResponse)[];

type Cell = string | number | null;

export function cellsOf(risk: RiskResponse): Cell[] {
  return REGISTER_COLUMNS.map((column) => {
    const value = risk[column];
    if (typeof value === 'boolean') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return listCell(value.map((item) => (typeof item === 'string' ? item : item.name)));
    return Object.keys(value).length === 0 ? null : JSON.stringify(value);
  });
}

/** Separated by `;`, as people write it; as a JSON list where that would be read as another one. */
function listCell(items: readonly string[]): string {
  const text = items.join(';');
  return text.startsWith('["') || items.some((item) => /[;|]/.test(item)) ? JSON.stringify(items) : text;
}
