import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from './database';

const INTERVAL_MS = 10_000;
const AT_LEAST_EVERY_SECONDS = 600;

/**
 * Keeps what Postgres knows of its tables up to date. Of a tenant that has come since it last looked it believes that
 * there is one row, and joins what belongs together by comparing each with each: 2,000 risks take it seconds.
 */
@Injectable()
export class TableStatistics implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TableStatistics.name);
  private readonly stopping = new AbortController();

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    void this.repeat();
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /**
   * Tables of which a thousand rows have changed: a tenth of all, or fewer and nobody has looked for some time.
   *
   * @returns those that were analyzed
   */
  async refresh(atLeastEverySeconds = AT_LEAST_EVERY_SECONDS): Promise<readonly string[]> {
    const [row] = await this.database.transaction(
      (tx) =>
        tx.query<{ tables: string[] }>('SELECT analyze_what_has_changed(make_interval(secs => $1)) AS tables', [
          atLeastEverySeconds,
        ]),
      {},
    );
    return row?.tables ?? [];
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await pause(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.refresh().catch((error: unknown) => {
        this.logger.warn(`Tables could not be analyzed: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  }
}
