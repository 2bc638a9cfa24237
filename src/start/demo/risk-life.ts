import { EXAMPLE_ID } from '../../http/example-id';
import { SETTLED_STATUSES, type RiskStatus } from '../../risk/lifecycle/risk-lifecycle';
import { DEFAULT_THRESHOLDS, type Likelihood } from '../../risk/risk-score';
import { changedFields, scored } from '../../risk/risk-record';
import type { RiskAssetResponse, RiskResponse } from '../../risk/risk.dto';
import type { RiskSource, Treatment } from '../../risk/risk-terms';
import type { HistoryAction } from '../../risk/risk-writer';
import type { Random } from './random';
import type { RiskPlan } from './risk-plan';
import { firstGuess, ratingFor, residualOf, targetOf, worse } from './risk-rating';
import type { RiskTemplate } from './risk-template';

export interface RiskVersion {
  readonly at: Date;
  /** Null for what a connector did. */
  readonly actorId: string | null;
  readonly action: HistoryAction;
  readonly snapshot: RiskResponse;
}

/** Of one risk, in order. */
export type RiskVersions = readonly [RiskVersion, ...RiskVersion[]];

export interface RiskSubject {
  readonly number: number;
  readonly template: RiskTemplate;
  /** Stands in the title. */
  readonly asset: RiskAssetResponse;
  /** Those that the risk is linked to. */
  readonly assets: readonly RiskAssetResponse[];
}

export interface Staff {
  readonly admins: readonly string[];
  readonly owners: readonly string[];
  readonly analysts: readonly string[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const settled = new Set<RiskStatus | undefined>(SETTLED_STATUSES);

/** One risk from its first version to its last, all of them before the midnight with which today begins. */
export class RiskLife {
  readonly versions: RiskVersions;
  private readonly path: readonly RiskStatus[];
  private readonly source: RiskSource;
  /** As it is assessed, and as it is in the end. */
  private readonly assessed: Likelihood;
  private readonly rating: Likelihood;
  private readonly createdAt: number;
  private readonly steps: Omit<RiskVersion, 'at'>[] = [];

  constructor(
    private readonly random: Random,
    private readonly plan: RiskPlan,
    private readonly subject: RiskSubject,
    private readonly staff: Staff,
    private readonly midnight: number,
  ) {
    this.createdAt = midnight - plan.ageDays * DAY_MS + random.integer(7 * HOUR_MS, 17 * HOUR_MS);
    this.source = this.chooseSource();
    // What a file or a scanner brings is identified already.
    this.path = this.source === 'MANUAL' ? plan.path : plan.path.slice(plan.path.indexOf('IDENTIFIED'));
    this.rating = ratingFor(random, plan.severity, subject.assets);
    this.assessed = this.path.includes('MITIGATED') ? worse(random, this.rating) : this.rating;
    this.live();
    this.versions = this.dated();
  }

  private live(): void {
    const born = this.newborn();
    this.steps.push({
      action: this.source === 'MANUAL' ? 'CREATED' : 'IMPORTED',
      actorId: this.creator(born),
      snapshot: born,
    });
    for (const status of this.path.slice(1)) {
      this.prepare(status);
      this.step('TRANSITIONED', { status, ...(this.latest().status === 'ACCEPTED' && { acceptedUntil: null }) });
      this.followUp(status);
    }
    if (this.subject.number === 0) this.step('UPDATED', { acceptanceRequested: true }, this.requester());
    const restored = this.random.happens(0.01);
    if (this.plan.deleted || restored) this.step('DELETED', {}, this.random.pick(this.staff.admins));
    if (!this.plan.deleted && restored) this.step('RESTORED', {}, this.random.pick(this.staff.admins));
  }

  /** What is written down before a risk moves on. */
  private prepare(next: RiskStatus): void {
    const { probability, impact, treatment } = this.latest();
    const guessed = probability !== this.assessed.probability || impact !== this.assessed.impact;
    if (next === 'ASSESSED' && guessed) this.step('UPDATED', { ...this.assessed });
    if (next === 'ACCEPTED') this.accept();
    if (next !== 'TREATMENT_PLANNED' || treatment !== null) return;
    const dueDate = this.latest().dueDate ?? this.chooseDueDate();
    const assigneeId = this.latest().assigneeId ?? this.random.pick(this.staff.analysts);
    const target = targetOf(this.rating);
    this.step('UPDATED', {
      ...{ treatment: this.chooseTreatment(), assigneeId, dueDate },
      ...{ targetProbability: target.probability, targetImpact: target.impact },
    });
  }

  /** One asks, another decides. */
  private accept(): void {
    const acceptedUntil = this.dayFrom(this.midnight, 20 + ((this.subject.number * 37) % 300));
    this.step('UPDATED', { acceptanceRequested: true }, this.requester());
    this.step('UPDATED', { acceptanceRequested: false, acceptedUntil }, this.random.pick(this.staff.admins));
  }

  private requester(): string {
    const { analysts } = this.staff;
    return analysts[this.subject.number % analysts.length] ?? this.caretaker();
  }

  /** What is written down once a risk is there. */
  private followUp(status: RiskStatus): void {
    const review = this.random.happens(0.7) ? this.dayFrom(this.midnight, this.random.integer(10, 300)) : null;
    if (status === 'MITIGATED') {
      const residual = residualOf(this.random, this.rating);
      this.step('UPDATED', {
        ...this.rating,
        residualProbability: residual.probability,
        residualImpact: residual.impact,
        nextReviewAt: review,
      });
    } else if (status === 'ACCEPTED' && review !== null) {
      this.step('UPDATED', { nextReviewAt: review });
    } else if (status === 'IDENTIFIED' && this.random.happens(0.25)) {
      const tag = this.random.pick(['board-report', 'quick-win', 'regulator', 'customer-request', 'budget-2027']);
      this.step('UPDATED', { tags: [...this.latest().tags, tag] });
    }
  }

  private step(action: HistoryAction, change: Partial<RiskResponse>, actorId = this.caretaker()): void {
    const before = this.latest();
    const after = rescored({ ...before, ...change, version: before.version + 1 });
    // What changes nothing makes no version.
    if (action === 'UPDATED' && changedFields(before, after).length === 0) return;
    this.steps.push({ action, actorId, snapshot: after });
  }

  /** Spreads the steps over the time since the risk was created. */
  private dated(): RiskVersions {
    const later = this.steps.length - 1;
    const room = this.midnight - this.createdAt - (later + 1) * 1_000;
    // What is settled may have been so for long.
    const pace = this.isSettled() ? 0.15 + 0.85 * this.random.fraction() : 1;
    const moments = Array.from({ length: later }, () => pace * this.random.fraction()).sort(
      (one, other) => one - other,
    );
    const [born, ...changes] = this.steps.map((step, index): RiskVersion => {
      const moment = index === 0 ? 0 : Math.floor((moments[index - 1] ?? 0) * room) + index * 1_000;
      const at = new Date(this.createdAt + moment);
      const deletedAt = step.action === 'DELETED' ? at.toISOString() : null;
      return { ...step, at, snapshot: { ...step.snapshot, updatedAt: at.toISOString(), deletedAt } };
    });
    if (!born) throw new Error('The risk was not born yet');
    return [born, ...changes];
  }

  private newborn(): RiskResponse {
    const { random, subject, plan } = this;
    const [status = 'DRAFT'] = this.path;
    const guesses = this.path.slice(1).includes('ASSESSED') && random.happens(0.4);
    const createdAt = new Date(this.createdAt).toISOString();
    return rescored({
      id: subject.number === 0 ? EXAMPLE_ID : random.uuid(new Date(this.createdAt)),
      title: subject.template.title.replace('{asset}', subject.asset.name),
      description: subject.template.because,
      category: subject.template.category,
      ...(guesses ? firstGuess(random, this.assessed) : this.assessed),
      score: 0,
      severity: plan.severity,
      residualProbability: null,
      residualImpact: null,
      residualScore: null,
      residualSeverity: null,
      targetProbability: null,
      targetImpact: null,
      targetScore: null,
      targetSeverity: null,
      status,
      treatment: null,
      ownerId: random.happens(0.94) ? random.pick(this.staff.owners) : null,
      assigneeId: random.happens(0.3) ? random.pick(this.staff.analysts) : null,
      dueDate: random.happens(0.4) ? this.chooseDueDate() : null,
      nextReviewAt: null,
      reviewCadenceDays: null,
      acceptanceRequested: false,
      acceptedUntil: null,
      acceptanceExpiring: false,
      tags: [...subject.template.tags],
      frameworks: [...subject.template.frameworks],
      assets: [...subject.assets],
      source: this.source,
      externalId:
        this.source === 'MANUAL' ? null : `${this.source === 'IMPORT' ? 'REG' : 'SCAN'}-${10_000 + subject.number}`,
      customFields: {},
      version: 1,
      createdAt,
      updatedAt: createdAt,
      deletedAt: null,
    });
  }

  /** For what is settled some day of its life, for one in five of the rest a day that has passed: those are overdue. */
  private chooseDueDate(): string {
    const { random, createdAt, midnight } = this;
    if (this.isSettled()) return this.dayFrom(createdAt + random.fraction() * (midnight - createdAt), 0);
    const days = random.happens(0.2) ? -random.integer(1, 90) : random.integer(3, 220);
    return this.dayFrom(Math.max(midnight + days * DAY_MS, createdAt), 0);
  }

  private isSettled(): boolean {
    return settled.has(this.plan.path.at(-1));
  }

  private chooseSource(): RiskSource {
    const { path } = this.plan;
    if (path[1] !== 'IDENTIFIED') return 'MANUAL';
    if (this.subject.template.fix === 'patching' && this.random.happens(0.7)) return 'CONNECTOR';
    return this.random.happens(0.12) ? 'IMPORT' : 'MANUAL';
  }

  private chooseTreatment(): Treatment {
    if (this.path.includes('ACCEPTED') && !this.path.includes('MITIGATED')) return 'ACCEPT';
    return this.random.weighted({ ACCEPT: 0, MITIGATE: 80, TRANSFER: 12, AVOID: 8 });
  }

  private creator({ ownerId }: RiskResponse): string | null {
    if (this.source === 'CONNECTOR') return null;
    return this.source === 'IMPORT'
      ? this.random.pick(this.staff.admins)
      : (ownerId ?? this.random.pick(this.staff.analysts));
  }

  private caretaker(): string {
    const { assigneeId, ownerId } = this.latest();
    return assigneeId ?? ownerId ?? this.random.pick(this.staff.admins);
  }

  private latest(): RiskResponse {
    const latest = this.steps.at(-1);
    if (!latest) throw new Error('The risk was not born yet');
    return latest.snapshot;
  }

  private dayFrom(instant: number, days: number): string {
    return new Date(instant + days * DAY_MS).toISOString().slice(0, 10);
  }
}

function rescored(risk: RiskResponse): RiskResponse {
  return { ...risk, ...scored(risk, DEFAULT_THRESHOLDS) };
}
