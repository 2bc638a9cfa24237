import { daysBefore } from '../../http/period';
import { RISK_STATUSES } from '../lifecycle/risk-lifecycle';
import { EXPIRY_WARNING_DAYS } from '../acceptance/acceptance-terms';
import { MITIGATION_STATUSES, OPEN_MITIGATION } from '../mitigations/mitigation-lifecycle';
import { EVERYTHING } from '../risk-reach';
import { SEVERITIES } from '../risk-score';
import { overdueNow, registerNow } from '../statistics/statistics-sql';

export type LabelValues = Readonly<Record<string, string>>;

/** A number of one tenant's register. */
export interface RegisterFigure {
  readonly name: string;
  readonly help: string;
  /** Every value that a label may have. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** $1 is the tenant; its columns are the labels, and `count`. */
  readonly sql: string;
  /** What $2 is: YYYY-MM-DD. */
  readonly day?: (today: string) => string;
}

export type Register = ReadonlyMap<RegisterFigure, readonly Counted[]>;

export interface Counted {
  readonly labels: LabelValues;
  readonly count: number;
}

const today = (day: string): string => day;
const lastDayWarnedOf = (day: string): string => daysBefore(day, -EXPIRY_WARNING_DAYS);
const ofLiveRisks = 'JOIN risks r ON r.tenant_id = m.tenant_id AND r.id = m.risk_id AND r.deleted_at IS NULL';

export const REGISTER_FIGURES: readonly RegisterFigure[] = [
  {
    name: 'openrisk_tenants',
    help: 'Tenants of this installation.',
    labels: {},
    sql: 'SELECT count(*) AS count FROM tenants WHERE id = $1 AND deleted_at IS NULL',
  },
  {
    name: 'openrisk_risks',
    help: 'Risks in the registers of all tenants.',
    labels: { severity: SEVERITIES, status: RISK_STATUSES },
    sql: `SELECT severity, status, risks AS count FROM (${registerNow(EVERYTHING)}) AS register`,
  },
  {
    name: 'openrisk_overdue_risks',
    help: 'Risks that are not settled and were due before today (UTC).',
    labels: {},
    sql: `SELECT overdue AS count FROM (${overdueNow(EVERYTHING)}) AS register`,
    day: today,
  },
  {
    name: 'openrisk_mitigations',
    help: 'Mitigations in the registers of all tenants.',
    labels: { status: MITIGATION_STATUSES },
    sql: `SELECT m.status, count(*) AS count FROM mitigations m ${ofLiveRisks} WHERE m.tenant_id = $1 GROUP BY m.status`,
  },
  {
    name: 'openrisk_overdue_mitigations',
    help: 'Mitigations that are not over and were due before today (UTC).',
    labels: {},
    // As the index has it.
    sql: `SELECT count(*) AS count FROM mitigations m ${ofLiveRisks}
           WHERE m.tenant_id = $1 AND coalesce(m.due_date, 'infinity') < $2::date AND m.${OPEN_MITIGATION}`,
    day: today,
  },
  {
    name: 'openrisk_acceptances',
    help: `Acceptances: PENDING, IN_FORCE, or EXPIRING (in force for ${EXPIRY_WARNING_DAYS} more days at most).`,
    labels: { state: ['PENDING', 'IN_FORCE', 'EXPIRING'] },
    sql: `SELECT CASE WHEN m.status = 'PENDING' THEN 'PENDING' WHEN m.valid_until <= $2::date THEN 'EXPIRING' ELSE 'IN_FORCE' END AS state,
                 count(*) AS count
            FROM risk_acceptances m ${ofLiveRisks}
           WHERE m.tenant_id = $1 AND m.status IN ('PENDING', 'APPROVED') GROUP BY 1`,
    day: lastDayWarnedOf,
  },
];

/** Several registers together: each label set is there, also one that nothing was counted in. */
export class RegisterSum {
  private readonly sums = new Map(REGISTER_FIGURES.map((figure) => [figure, new Map(labelSetsOf(figure))]));

  add(figure: RegisterFigure, counted: readonly Counted[]): void {
    for (const { labels, count } of counted) {
      const sum = this.sums.get(figure)?.get(keyOf(figure, labels));
      if (sum) sum.count += count;
    }
  }

  total(): Register {
    return new Map([...this.sums].map(([figure, counts]) => [figure, [...counts.values()]]));
  }
}

function labelSetsOf(figure: RegisterFigure): [key: string, counted: { labels: LabelValues; count: number }][] {
  let sets: LabelValues[] = [{}];
  for (const [label, values] of Object.entries(figure.labels)) {
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value })));
  }
  return sets.map((labels) => [keyOf(figure, labels), { labels, count: 0 }]);
}

function keyOf({ labels }: RegisterFigure, values: LabelValues): string {
  return Object.keys(labels)
    .map((label) => values[label])
    .join(' ');
}
