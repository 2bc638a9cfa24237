export const MITIGATION_STATUSES = ['PLANNED', 'IN_PROGRESS', 'REVIEW', 'DONE', 'CANCELLED'] as const;
export type MitigationStatus = (typeof MITIGATION_STATUSES)[number];

/** What work begins with: what has been done already is told afterwards, by a move. */
export const INITIAL_MITIGATION_STATUSES = ['PLANNED', 'IN_PROGRESS'] as const satisfies readonly MitigationStatus[];

/** Nothing is left to be done. */
const OVER = ['DONE', 'CANCELLED'] as const satisfies readonly MitigationStatus[];

/** SQL condition on a mitigation: something is left to be done. */
export const OPEN_MITIGATION = `status <> ALL ('{${OVER.join(',')}}')`;

const nextStatuses: Readonly<Record<MitigationStatus, readonly MitigationStatus[]>> = {
  PLANNED: ['IN_PROGRESS', 'DONE', 'CANCELLED'],
  IN_PROGRESS: ['PLANNED', 'REVIEW', 'DONE', 'CANCELLED'],
  REVIEW: ['IN_PROGRESS', 'DONE', 'CANCELLED'],
  DONE: ['IN_PROGRESS'],
  CANCELLED: ['PLANNED', 'IN_PROGRESS'],
};

export function isOpen(status: MitigationStatus): boolean {
  return !OVER.some((over) => over === status);
}

/** Where a mitigation may go from here; staying where it is is no move. */
export function mitigationMovesFrom(status: MitigationStatus): readonly MitigationStatus[] {
  return nextStatuses[status];
}
