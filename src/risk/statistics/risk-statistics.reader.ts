import { Injectable } from '@nestjs/common';
import type { Reach } from '../../context/rights';
import { Database } from '../../database/database';
import type { RiskStatus } from '../lifecycle/risk-lifecycle';
import type { MitigationStatus } from '../mitigations/mitigation-lifecycle';
import type { Severity } from '../risk-score';
import type { RiskSource } from '../risk-terms';
import { riskGroups, type RiskGrouping } from './risk-groups-sql';
import {
  DUE_CHANGES_BY_DAY,
  DUES,
  overdueNow,
  registerAsOf,
  registerBegan,
  registerChangesByDay,
  registerEventsByDay,
  registerNow,
  registerRatings,
} from './statistics-sql';
import { topRisks } from './top-risks-sql';
import { within } from './within-reach';

/** The risks, not deleted, of one severity and status. */
export interface RiskTally {
  readonly severity: Severity;
  readonly status: RiskStatus;
  readonly risks: number;
  /** Sum of their scores x 100, exact. */
  readonly scoreHundredths: number;
  /** Those with a score of HIGH_RISK_SCORE or more, whatever the tenant calls severe. */
  readonly high: number;
}

/** The register at one moment. */
export interface RegisterState {
  readonly tallies: readonly RiskTally[];
  readonly overdue: number;
}

export interface RatingCount {
  readonly probability: number;
  readonly impact: number;
  readonly count: number;
}

/** What has entered a severity and status in one day, less what has left it. */
export interface TallyChange extends RiskTally {
  /** YYYY-MM-DD */
  readonly day: string;
}

/** How often something happened to a risk in one day. */
export interface RegisterEvents {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly created: number;
  readonly closed: number;
  readonly accepted: number;
  readonly statusChanges: number;
}

/** The register as it is and the way to it. */
export interface RegisterHistory {
  readonly now: readonly RiskTally[];
  readonly changes: readonly TallyChange[];
  /** Of each day on which something happened. */
  readonly events: readonly RegisterEvents[];
  /** Day of the first risk ever; null without any. */
  readonly began: string | null;
}

/** Risks that are not settled, due on one day. */
export interface DueRisks {
  /** YYYY-MM-DD */
  readonly dueDate: string;
  /** Of a change: what has entered, less what has left. */
  readonly risks: number;
}

export interface DueHistory {
  readonly now: readonly DueRisks[];
  readonly changes: readonly (DueRisks & { readonly day: string })[];
}

/** The risks, not deleted, that have something in common. */
export interface RiskGroup {
  /** Null for those that have none of what they are grouped by. */
  readonly key: string | null;
  /** What people call it, where that is something else. */
  readonly label: string | null;
  readonly risks: number;
  /** Sum of their scores x 100, exact. */
  readonly scoreHundredths: number;
}

/** A risk high up in the register. */
export interface TopRisk {
  readonly id: string;
  readonly title: string;
  readonly score: number;
  readonly severity: Severity;
  readonly status: RiskStatus;
  readonly source: RiskSource;
  readonly dueDate: string | null;
  readonly owner: { readonly id: string; readonly name: string | null } | null;
  /** The open mitigation that is due first. */
  readonly nextAction: {
    readonly mitigationId: string;
    readonly title: string;
    readonly status: MitigationStatus;
    readonly dueDate: string | null;
    readonly assigneeId: string | null;
  } | null;
}

/** What other rooms may ask about the register, as far as somebody reaches. Days are calendar days in UTC, YYYY-MM-DD. */
@Injectable()
export class RiskStatisticsReader {
  constructor(private readonly database: Database) {}

  /** The register as it is. */
  state(reach: Reach, today: string): Promise<RegisterState> {
    return this.database.read(async (session) => {
      const [tallies, [due]] = await Promise.all([
        within<RiskTally>(session, reach, registerNow),
        within<{ overdue: number }>(session, reach, overdueNow, today),
      ]);
      return { tallies, overdue: due?.overdue ?? 0 };
    });
  }

  /** The register as it was when a day began; null when there was none yet. */
  async stateAsOf(reach: Reach, startOf: string): Promise<RegisterState | null> {
    const rows = await this.database.read((session) =>
      within<RiskTally & { overdue: number }>(session, reach, registerAsOf, startOf),
    );
    if (rows.length === 0) return null;
    return { tallies: rows, overdue: rows.reduce((sum, { overdue }) => sum + overdue, 0) };
  }

  /** When the risks of the tenant that are not settled are due, and how that came about since the start of a day. */
  dueHistory(from: string, today: string): Promise<DueHistory> {
    return this.database.read(async (session) => {
      const [now, changes] = await Promise.all([
        session.query<DueRisks>(DUES, [session.tenantId]),
        session.query<DueRisks & { readonly day: string }>(DUE_CHANGES_BY_DAY, [session.tenantId, from, today]),
      ]);
      return { now, changes };
    });
  }

  /** How many risks have which probability and impact; combinations that no risk has are left out. */
  ratings(reach: Reach): Promise<RatingCount[]> {
    return this.database.read((session) => within<RatingCount>(session, reach, registerRatings));
  }

  /** What happened by day from the start of a day until today. */
  async events(reach: Reach, from: string, today: string): Promise<{ events: RegisterEvents[]; began: string | null }> {
    return this.database.read(async (session) => {
      const [events, [first]] = await Promise.all([
        within<RegisterEvents>(session, reach, registerEventsByDay, from, today),
        within<{ day: string | null }>(session, reach, registerBegan),
      ]);
      return { events, began: first?.day ?? null };
    });
  }

  /** How the register came to be what it is, from the start of a day until today, from one snapshot. */
  history(reach: Reach, from: string, today: string): Promise<RegisterHistory> {
    return this.database.read(async (session) => {
      const [now, changes, events, [first]] = await Promise.all([
        within<RiskTally>(session, reach, registerNow),
        within<TallyChange>(session, reach, registerChangesByDay, from, today),
        within<RegisterEvents>(session, reach, registerEventsByDay, from, today),
        within<{ day: string | null }>(session, reach, registerBegan),
      ]);
      return { now, changes, events, began: first?.day ?? null };
    });
  }

  /** The largest groups, and how many there are altogether. */
  async groups(reach: Reach, grouping: RiskGrouping, most: number): Promise<{ groups: RiskGroup[]; count: number }> {
    const rows = await this.database.read((session) =>
      within<RiskGroup & { groups: number }>(session, reach, riskGroups(grouping), most),
    );
    const groups = rows.map(({ key, label, risks, scoreHundredths }) => ({ key, label, risks, scoreHundredths }));
    return { groups, count: rows[0]?.groups ?? 0 };
  }

  /** Those with the highest scores, in the order of the register. @param sources undefined for any */
  async top(reach: Reach, limit: number, sources?: readonly RiskSource[]): Promise<TopRisk[]> {
    const rows = await this.database.read((session) =>
      within<TopRisk>(session, reach, topRisks, limit, sources ?? null),
    );
    return rows.map(({ id, title, score, severity, status, source, dueDate, owner, nextAction }) => {
      return { id, title, score, severity, status, source, dueDate, owner, nextAction };
    });
  }
}
