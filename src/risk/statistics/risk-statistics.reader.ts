import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import type { RiskStatus } from '../risk-lifecycle';
import type { Severity } from '../risk-score';
import {
  REGISTER_AS_OF,
  REGISTER_BEGAN,
  REGISTER_CHANGES_BY_DAY,
  REGISTER_NOW,
  REGISTER_RATINGS,
} from './statistics-sql';

/** The risks, not deleted, of one severity and status. */
export interface RiskTally {
  readonly severity: Severity;
  readonly status: RiskStatus;
  readonly risks: number;
  /** Sum of their scores x 100, exact. */
  readonly scoreHundredths: number;
  /** Those with a score from which a severity of HIGH begins. */
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

/** What other rooms may ask about the register as a whole. Days are calendar days in UTC, YYYY-MM-DD. */
@Injectable()
export class RiskStatisticsReader {
  constructor(private readonly database: Database) {}

  /**
   * The register as it is, and as it was when a day began, both from one snapshot. `before` is empty when there was no
   * register yet; a tally of 0 risks tells that there was one.
   */
  tallies(today: string, startOf: string | undefined): Promise<{ now: RiskTally[]; before: RiskTally[] }> {
    return this.database.read(async (session) => {
      const [now, before] = await Promise.all([
        session.query<RiskTally>(REGISTER_NOW, [session.tenantId, today]),
        startOf === undefined ? [] : session.query<RiskTally>(REGISTER_AS_OF, [session.tenantId, startOf]),
      ]);
      return { now, before };
    });
  }

  /** How many risks have which probability and impact; combinations that no risk has are left out. */
  ratings(): Promise<RatingCount[]> {
    return this.database.read((session) => session.query<RatingCount>(REGISTER_RATINGS, [session.tenantId]));
  }

  /** What happened from the start of a day until today, from one snapshot. */
  history(from: string, today: string): Promise<RegisterHistory> {
    return this.database.read(async (session) => {
      const [now, changes, [first]] = await Promise.all([
        session.query<RiskTally>(REGISTER_NOW, [session.tenantId, today]),
        session.query<RegisterChange>(REGISTER_CHANGES_BY_DAY, [session.tenantId, from, today]),
        session.query<{ day: string | null }>(REGISTER_BEGAN, [session.tenantId]),
      ]);
      return { now, changes, began: first?.day ?? null };
    });
  }
}
