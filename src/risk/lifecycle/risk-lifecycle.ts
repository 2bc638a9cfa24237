export const RISK_STATUSES = [
  'DRAFT',
  'IDENTIFIED',
  'ASSESSED',
  'TREATMENT_PLANNED',
  'IN_TREATMENT',
  'MITIGATED',
  'ACCEPTED',
  'CLOSED',
  'REOPENED',
] as const;
export type RiskStatus = (typeof RISK_STATUSES)[number];

/** The statuses a risk may be born with: those that no guard protects. */
export const INITIAL_STATUSES = ['DRAFT', 'IDENTIFIED', 'ASSESSED', 'CLOSED'] as const satisfies readonly RiskStatus[];
export type InitialStatus = (typeof INITIAL_STATUSES)[number];

/** Nothing is left to be done by the due date. */
export const SETTLED_STATUSES = ['MITIGATED', 'ACCEPTED', 'CLOSED'] as const satisfies readonly RiskStatus[];

const nextStatuses: Readonly<Record<RiskStatus, readonly RiskStatus[]>> = {
  DRAFT: ['IDENTIFIED', 'CLOSED'],
  IDENTIFIED: ['ASSESSED', 'CLOSED'],
  ASSESSED: ['TREATMENT_PLANNED', 'CLOSED'],
  TREATMENT_PLANNED: ['IN_TREATMENT', 'ASSESSED', 'CLOSED'],
  IN_TREATMENT: ['MITIGATED', 'ACCEPTED', 'TREATMENT_PLANNED'],
  ACCEPTED: ['CLOSED', 'IN_TREATMENT'],
  MITIGATED: ['CLOSED', 'IN_TREATMENT'],
  CLOSED: ['REOPENED'],
  REOPENED: ['ASSESSED', 'TREATMENT_PLANNED', 'IN_TREATMENT', 'CLOSED'],
};

/** Where a risk is put, by nobody's request, when the acceptance is gone that it is ACCEPTED by. */
export const WITHOUT_ACCEPTANCE = { from: 'ACCEPTED', to: 'REOPENED' } as const satisfies Record<string, RiskStatus>;

/** What the guards ask about a risk besides its status. */
export interface LifecycleFacts {
  readonly mitigations: number;
  /** Mitigations that are neither DONE nor CANCELLED. */
  readonly activeMitigations: number;
  /** An acceptance (who, why, until when) is in force. */
  readonly accepted: boolean;
}

export interface Move {
  readonly status: RiskStatus;
  readonly allowed: boolean;
  /** Why the move is blocked; null when it is allowed. */
  readonly reason: string | null;
}

/** Every other status: whether the risk may move there now and, if not, why. */
export function movesFrom(from: RiskStatus, facts: LifecycleFacts): Move[] {
  return RISK_STATUSES.filter((status) => status !== from).map((status) => {
    const reason = reasonAgainst(from, status, facts);
    return { status, allowed: reason === null, reason };
  });
}

/** Null when the risk may move. */
export function reasonAgainst(from: RiskStatus, to: RiskStatus, facts: LifecycleFacts): string | null {
  if (from === to) return `The risk is ${to} already.`;
  if (from === WITHOUT_ACCEPTANCE.from && to === WITHOUT_ACCEPTANCE.to)
    return 'A risk is reopened from ACCEPTED when its acceptance expires or is revoked.';
  if (!nextStatuses[from].includes(to)) return `A risk does not go from ${from} to ${to} in one move.`;
  return guards[to]?.(facts) ?? null;
}

const guards: Readonly<Partial<Record<RiskStatus, (facts: LifecycleFacts) => string | null>>> = {
  IN_TREATMENT: ({ activeMitigations }) =>
    activeMitigations > 0 ? null : 'IN_TREATMENT needs at least one active mitigation.',
  MITIGATED: ({ mitigations, activeMitigations }) => {
    if (mitigations === 0) return 'MITIGATED needs at least one mitigation.';
    if (activeMitigations === 0) return null;
    const open = activeMitigations === 1 ? '1 is not' : `${activeMitigations} are not`;
    return `MITIGATED needs every mitigation DONE or CANCELLED; ${open}.`;
  },
  ACCEPTED: ({ accepted }) =>
    accepted ? null : 'ACCEPTED needs an acceptance: who accepts, why, until when, approved by somebody else.',
};
