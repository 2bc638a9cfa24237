import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { tagsAmong } from '../../cache/tag-list';
import { contextIfAny } from '../../context/request-context';
import { Database } from '../../database/database';
import { DomainError } from '../../errors/domain-error';
import { NotFound } from '../../errors/http.errors';
import { AppTags } from '../marketplace.cache';
import type { AppAction, LogOutcome } from './log.dto';

interface LogEntry {
  readonly appId: string;
  readonly action: AppAction;
  readonly outcome: LogOutcome;
  readonly durationMs: number;
  /** For a person; without secrets. */
  readonly error?: string;
}

const KEPT_DAYS = 90;
const LONGEST_ERROR = 1000;

/** What was done with an app, what came of it and how long it took. Kept for 90 days. */
@Injectable()
export class AppLog {
  constructor(private readonly database: Database) {}

  /** In the transaction that is open, or one of its own. */
  @CacheEvict({ tags: tagsAmong([AppTags.one], ({ appId }: LogEntry) => [AppTags.one(appId)]) })
  record({ appId, action, outcome, durationMs, error }: LogEntry): Promise<void> {
    return this.database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO connector_logs (tenant_id, id, app_id, action, outcome, actor_id, duration_ms, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          ...[tx.tenantId, newId(), appId, action, outcome, contextIfAny()?.actor?.userId ?? null],
          ...[Math.max(0, Math.round(durationMs)), error?.slice(0, LONGEST_ERROR) ?? null],
        ],
      );
      await tx.query(
        `DELETE FROM connector_logs WHERE tenant_id = $1 AND app_id = $2 AND at < now() - make_interval(days => ${KEPT_DAYS})`,
        [tx.tenantId, appId],
      );
    });
  }

  /**
   * Does something with an app. When it succeeds its log is part of its transaction; when it fails, why is logged.
   *
   * @param work logs its success before it commits
   */
  async watch<T>(appId: string, action: AppAction, work: (succeeded: () => Promise<void>) => Promise<T>): Promise<T> {
    const began = performance.now();
    const entry = (outcome: LogOutcome, error?: string): LogEntry => ({
      ...{ appId, action, outcome, durationMs: performance.now() - began },
      ...(error === undefined ? {} : { error }),
    });
    try {
      return await work(() => this.record(entry('SUCCEEDED')));
    } catch (error) {
      const reason = error instanceof DomainError ? error.message : 'Something went wrong on our side.';
      // What is not there has no log; and the reason counts more than that it could not be written down.
      if (!(error instanceof NotFound)) await this.record(entry('FAILED', reason)).catch(() => undefined);
      throw error;
    }
  }
}
