import { Injectable } from '@nestjs/common';
import type { Reach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { ReadSession } from '../../database/session';
import type { RiskStatus } from '../lifecycle/risk-lifecycle';
import { reachSql } from '../risk-reach';
import type { Severity } from '../risk-score';
import { registerAsOf, registerBegan, registerChangesByDay, registerNow, registerRatings } from './statistics-sql';

/** The risks, not deleted, of one severity and status. */
export interface RiskTally {
  readonly severity: Severity;
  readonly status: RiskStatus;
  readonly risks: number;
  /** Sum of their scores x 100, exact. */
  readonly scoreHundredths: number;
  /** Those with a score of HIGH_RISK_SCORE or more, whatever the tenant calls severe. */
  readonly high: number;
  readonly overdue: number;
}

export interface RatingCount {
  readonly probability: number;
  readonly impact: number;
  readonly count: number;
}

/** What happened to the register in one day, as differences. */
export interface RegisterChange {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly risks: number;
  readonly scoreHundredths: number;
  /** Neither closed nor deleted. */
  readonly open: number;
  readonly created: number;
  readonly closed: number;
}

/** The register as it is and the way to it. */
export interface RegisterHistory {
  readonly now: readonly RiskTally[];
  /** Of each day on which something happened. */
  readonly changes: readonly RegisterChange[];
  /** Day of the first risk ever; null without any. */
  readonly began: string | null;
}

/** What other rooms may ask about the register, as far as somebody reaches. Days are calendar days in UTC, YYYY-MM-DD. */
@Injectable()
export class RiskStatisticsReader {
  constructor(private readonly database: Database) {}

  /**
   * The register as it is, and as it was when a day began, both from one snapshot. `before` is empty when there was no
   * register yet; a tally of 0 risks tells that there was one.
   */
  tallies(
    reach: Reach,
    today: string,
    startOf: string | undefined,
  ): Promise<{ now: RiskTally[]; before: RiskTally[] }> {
    return this.database.read(async (session) => {
      const [now, before] = await Promise.all([
        within<RiskTally>(session, reach, registerNow, today),
        startOf === undefined ? [] : within<RiskTally>(session, reach, registerAsOf, startOf),
      ]);
      return { now, before };
    });
  }

  /** How many risks have which probability and impact; combinations that no risk has are left out. */
  ratings(reach: Reach): Promise<RatingCount[]> {
    return this.database.read((session) => within<RatingCount>(session, reach, registerRatings));
  }

  /** What happened from the start of a day until today, from one snapshot. */
  history(reach: Reach, from: string, today: string): Promise<RegisterHistory> {
    return this.database.read(async (session) => {
      const [now, changes, [first]] = await Promise.all([
        within<RiskTally>(session, reach, registerNow, today),
        within<RegisterChange>(session, reach, registerChangesByDay, from, today),
        within<{ day: string | null }>(session, reach, registerBegan),
      ]);
      return { now, changes, began: first?.day ?? null };
    });
  }
}

function within<Row>(
  session: ReadSession,
  reach: Reach,
  statement: (reachable: string) => string,
  ...values: unknown[]
): Promise<Row[]> {
  const { parameters, bind } = bindings(session.tenantId, ...values);
  return session.query<Row>(statement(reachSql(reach, bind)), parameters);
}
