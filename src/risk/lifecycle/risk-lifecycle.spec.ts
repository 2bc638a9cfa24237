import { movesFrom, reasonAgainst, RISK_STATUSES, type RiskStatus } from './risk-lifecycle';

/** Which moves the table knows; columns in the order of the rows. */
const table: Record<RiskStatus, string> = {
  //                  DRAF IDEN ASSE PLAN TREA MITI ACCE CLOS REOP
  DRAFT: /*         */ '.    x    .    .    .    .    .    x    .',
  IDENTIFIED: /*    */ '.    .    x    .    .    .    .    x    .',
  ASSESSED: /*      */ '.    .    .    x    .    .    .    x    .',
  TREATMENT_PLANNED: /**/ '.    .    x    .    x    .    .    x    .',
  IN_TREATMENT: /*  */ '.    .    .    x    .    x    x    .    .',
  MITIGATED: /*     */ '.    .    .    .    x    .    .    x    .',
  ACCEPTED: /*      */ '.    .    .    .    x    .    .    x    .',
  CLOSED: /*        */ '.    .    .    .    .    .    .    .    x',
  REOPENED: /*      */ '.    .    x    x    x    .    .    x    .',
};

const moves = RISK_STATUSES.flatMap((from) =>
  table[from].split(/\s+/).map((cell, index) => [from, RISK_STATUSES[index] ?? from, cell === 'x'] as const),
);

/** Facts that satisfy the guard of that status. */
const inFavourOf = (to: RiskStatus) => ({
  mitigations: 1,
  activeMitigations: to === 'IN_TREATMENT' ? 1 : 0,
  accepted: true,
});

describe('the lifecycle of a risk', () => {
  it('is told for every pair of statuses', () => {
    expect(moves).toHaveLength(81);
    expect(moves.filter(([, , possible]) => possible)).toHaveLength(21);
  });

  it.each(moves)('from %s to %s: %s', (from, to, possible) => {
    expect(reasonAgainst(from, to, inFavourOf(to)) === null).toBe(possible);
  });

  it('needs an active mitigation for treatment', () => {
    const without = { mitigations: 1, activeMitigations: 0, accepted: false };
    for (const from of ['TREATMENT_PLANNED', 'MITIGATED', 'ACCEPTED', 'REOPENED'] as const) {
      expect(reasonAgainst(from, 'IN_TREATMENT', without)).toBe('IN_TREATMENT needs at least one active mitigation.');
      expect(reasonAgainst(from, 'IN_TREATMENT', { ...without, activeMitigations: 1 })).toBeNull();
    }
  });

  it('needs every mitigation done or cancelled to be mitigated', () => {
    const against = (mitigations: number, activeMitigations: number): string | null =>
      reasonAgainst('IN_TREATMENT', 'MITIGATED', { mitigations, activeMitigations, accepted: false });
    expect(against(3, 2)).toMatch(/DONE or CANCELLED; 2 are not\.$/);
    expect(against(3, 1)).toMatch(/DONE or CANCELLED; 1 is not\.$/);
    expect(against(3, 0)).toBeNull();
    expect(against(0, 0)).toBe('MITIGATED needs at least one mitigation.');
  });

  it('needs an acceptance to be accepted', () => {
    const facts = { mitigations: 1, activeMitigations: 1, accepted: false };
    expect(reasonAgainst('IN_TREATMENT', 'ACCEPTED', facts)).toMatch(/needs an acceptance/);
    expect(reasonAgainst('IN_TREATMENT', 'ACCEPTED', { ...facts, accepted: true })).toBeNull();
  });

  it('lists every other status, with a reason exactly where the move is blocked', () => {
    for (const from of RISK_STATUSES) {
      const listed = movesFrom(from, { mitigations: 1, activeMitigations: 1, accepted: false });
      expect(listed.map(({ status }) => status)).toEqual(RISK_STATUSES.filter((status) => status !== from));
      for (const { allowed, reason } of listed) expect(allowed).toBe(reason === null);
    }
  });
});
