import type { RiskResponse } from '../../risk/risk.dto';
import { demoFixes, type FixKind } from './demo-fixes';
import type { Random } from './random';
import type { RiskVersions, Staff } from './risk-life';

type MitigationStatus = 'PLANNED' | 'IN_PROGRESS' | 'REVIEW' | 'DONE' | 'CANCELLED';

/** Columns of a row of mitigations, but the tenant's. */
export interface DemoMitigation {
  readonly id: string;
  readonly riskId: string;
  readonly title: string;
  readonly assigneeId: string | null;
  readonly status: MitigationStatus;
  readonly progress: number;
  readonly dueDate: string | null;
  readonly cost: number;
  readonly durationDays: number;
  readonly completedAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface DemoSubAction {
  readonly id: string;
  readonly mitigationId: string;
  readonly title: string;
  readonly done: boolean;
  readonly position: number;
}

/** A stretch of time in which a risk was, or was about to be, in treatment. */
interface Treatment {
  /** Between these its measures were planned. */
  readonly planned: readonly [Date, Date];
  /** When it ended; today while it goes on. */
  readonly until: Date;
  /** What became of its measures; the last one of the rest. */
  readonly outcomes: readonly [MitigationStatus, ...MitigationStatus[]];
}

/** What was, is and will be done about one risk: measures that fit what its lifecycle demanded at every step. */
export class MitigationLife {
  readonly mitigations: DemoMitigation[] = [];
  readonly subActions: DemoSubAction[] = [];
  private readonly measures: (readonly [title: string, ...steps: string[]])[];

  constructor(
    private readonly random: Random,
    versions: RiskVersions,
    fix: FixKind,
    private readonly staff: Staff,
    now: Date,
  ) {
    this.measures = random.shuffled<readonly [string, ...string[]]>(demoFixes[fix]);
    const risk = versions.at(-1)?.snapshot;
    if (!risk) return;
    for (const treatment of this.treatmentsOf(versions, now)) {
      for (const status of treatment.outcomes) this.carryOut(risk, treatment, status);
    }
  }

  private treatmentsOf(versions: RiskVersions, now: Date): Treatment[] {
    const moves = versions.filter(({ action }) => action === 'TRANSITIONED');
    const treatments = moves.flatMap((move, index): Treatment[] => {
      if (move.snapshot.status !== 'IN_TREATMENT') return [];
      const previous = moves[index - 1] ?? move;
      const next = moves[index + 1];
      const outcomes = this.outcomesBefore(
        next?.snapshot,
        index > 0 && previous.snapshot.status !== 'TREATMENT_PLANNED',
      );
      return [{ planned: [previous.at, move.at], until: next?.at ?? now, outcomes }];
    });
    const plan = moves.find(({ snapshot }) => snapshot.status === 'TREATMENT_PLANNED');
    if (treatments.length > 0 || !plan) return treatments;
    const outcomes = this.random.pick([['PLANNED'], ['PLANNED', 'PLANNED']] as const);
    return [{ planned: [plan.at, now], until: now, outcomes }];
  }

  /** MITIGATED needs all measures to be over, and a risk that stays in treatment one that is not. */
  private outcomesBefore(next: RiskResponse | undefined, again: boolean): Treatment['outcomes'] {
    const rest = again ? 0 : this.random.integer(0, 2);
    const more = (choices: readonly MitigationStatus[]): MitigationStatus[] =>
      Array.from({ length: rest }, () => this.random.pick(choices));
    switch (next?.status) {
      case 'MITIGATED':
        return ['DONE', ...more(['DONE', 'DONE', 'DONE', 'CANCELLED'])];
      case 'ACCEPTED':
        return ['CANCELLED', ...more(['CANCELLED', 'DONE'])];
      case undefined:
        return [this.random.pick(['IN_PROGRESS', 'REVIEW']), ...more(['DONE', 'IN_PROGRESS', 'PLANNED', 'CANCELLED'])];
      default:
        return ['PLANNED', ...more(['PLANNED', 'DONE'])];
    }
  }

  private carryOut(risk: RiskResponse, { planned, until }: Treatment, status: MitigationStatus): void {
    const [title, ...steps] = this.measures.pop() ?? ['Agree on further measures', 'Hold a workshop', 'Write the plan'];
    const createdAt = this.between(planned[0], planned[1]);
    const updatedAt = status === 'PLANNED' ? createdAt : this.between(planned[1], until);
    const id = this.random.uuid(createdAt);
    const stepsDone = this.stepsDone(status, steps.length);
    steps.forEach((step, position) => {
      const done = position < stepsDone;
      this.subActions.push({ id: this.random.uuid(createdAt), mitigationId: id, title: step, done, position });
    });
    this.mitigations.push({
      id,
      riskId: risk.id,
      title,
      assigneeId: risk.assigneeId ?? this.random.pick(this.staff.analysts),
      status,
      progress: Math.round((100 * stepsDone) / steps.length),
      dueDate: risk.dueDate,
      cost: this.random.integer(1, 3),
      durationDays: this.random.integer(3, 120),
      completedAt: status === 'DONE' ? updatedAt : null,
      version: status === 'PLANNED' ? 1 : 2 + stepsDone,
      createdAt,
      updatedAt,
    });
  }

  private stepsDone(status: MitigationStatus, steps: number): number {
    if (status === 'DONE' || status === 'REVIEW') return steps;
    return status === 'PLANNED' ? 0 : this.random.integer(status === 'IN_PROGRESS' ? 1 : 0, steps - 1);
  }

  private between(from: Date, to: Date): Date {
    return new Date(from.getTime() + Math.floor(this.random.fraction() * (to.getTime() - from.getTime())));
  }
}
