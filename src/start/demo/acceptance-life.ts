import { EXAMPLE_ID } from '../../http/example-id';
import type { Random } from './random';
import type { RiskVersions } from './risk-life';

/** Columns of a row of risk_acceptances, but the tenant's. */
export interface DemoAcceptance {
  readonly id: string;
  readonly riskId: string;
  readonly status: 'PENDING' | 'APPROVED' | 'ENDED';
  readonly justification: string;
  readonly validUntil: string;
  readonly riskVersion: number;
  readonly requestedBy: string | null;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
}

const justifications = [
  'The measures that are left cost more than the damage they would prevent.',
  'The system is replaced next year; until then the remaining exposure is borne.',
  'Insurance covers the loss, and the process can stand still for a day.',
  'A compensating control is in place: the network segment is monitored around the clock.',
] as const;

/** Of a request that waits, of which the versions do not tell until when. */
const WAITING_UNTIL = '2099-12-31';

/** The acceptances that the versions of a risk tell of: asked for, approved, and ended when the risk moved on. */
export function demoAcceptances(random: Random, versions: RiskVersions): DemoAcceptance[] {
  const acceptances: DemoAcceptance[] = [];
  versions.forEach(({ at, actorId, snapshot }, index) => {
    const before = versions[index - 1]?.snapshot;
    if (!before) return;
    const current = acceptances.at(-1);
    if (snapshot.acceptanceRequested && !before.acceptanceRequested) {
      acceptances.push({
        id: snapshot.id === EXAMPLE_ID && acceptances.length === 0 ? EXAMPLE_ID : random.uuid(at),
        riskId: snapshot.id,
        status: 'PENDING',
        justification: random.pick(justifications),
        validUntil: WAITING_UNTIL,
        riskVersion: before.version,
        requestedBy: actorId,
        requestedAt: at,
        decidedBy: null,
        decidedAt: null,
        endedBy: null,
        endedAt: null,
      });
    } else if (current && snapshot.acceptedUntil !== null && before.acceptedUntil === null) {
      const { acceptedUntil: validUntil } = snapshot;
      acceptances.splice(-1, 1, { ...current, status: 'APPROVED', validUntil, decidedBy: actorId, decidedAt: at });
    } else if (current && snapshot.acceptedUntil === null && before.acceptedUntil !== null) {
      acceptances.splice(-1, 1, { ...current, status: 'ENDED', endedBy: actorId, endedAt: at });
    }
  });
  return acceptances;
}
