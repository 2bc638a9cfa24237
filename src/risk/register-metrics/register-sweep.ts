import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../database/database';
import type { ReadSession } from '../../database/session';
import { utcToday } from '../../http/period';
import {
  REGISTER_FIGURES,
  RegisterSum,
  type Counted,
  type LabelValues,
  type Register,
  type RegisterFigure,
} from './register-figures';

const FRESH_MS = 60_000;
/** A reading is followed by a pause of so many times its length: it takes a twentieth of one connection at most. */
const PAUSES = 19;
const RETRY_MS = 5_000;
/** A scrape waits for the first numbers only: later ones show what was read last, while it is read anew. */
const FIRST_WAIT_MS = 500;
const BUSY_WAIT_MS = 100;

/**
 * Adds up the registers of all tenants, one tenant after the other and behind the requests, when somebody asks and what
 * was read last is a minute old. Nobody asks: nothing is read.
 */
@Injectable()
export class RegisterSweep implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Metrics');
  private readonly outside = new AsyncResource('RegisterSweep');
  private register?: Register;
  private dueAt = 0;
  private reading?: Promise<void>;
  private stopping = false;

  constructor(private readonly database: Database) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.reading;
  }

  /** Undefined while nothing was read yet, or when the last reading failed: no number is better than a wrong one. */
  async current(): Promise<Register | undefined> {
    if (performance.now() >= this.dueAt && !this.stopping) {
      this.reading ??= this.outside.runInAsyncScope(() => this.read()).finally(() => (this.reading = undefined));
    }
    if (!this.register && this.reading) {
      await Promise.race([this.reading, sleep(FIRST_WAIT_MS, undefined, { ref: false })]);
    }
    return this.register;
  }

  private async read(): Promise<void> {
    const startedAt = performance.now();
    try {
      const tenants = await this.database.read(
        (session) => session.query<{ id: string }>('SELECT id FROM tenant_directory ORDER BY id'),
        {},
      );
      const sum = new RegisterSum();
      for (const { id } of tenants) {
        await this.giveWay();
        if (this.stopping) return;
        await this.add(id, sum);
      }
      this.register = sum.total();
    } catch (error) {
      this.register = undefined;
      this.logger.warn(`Could not add up the registers: ${String(error)}`);
    } finally {
      const endedAt = performance.now();
      this.dueAt = endedAt + (this.register ? Math.max(FRESH_MS, PAUSES * (endedAt - startedAt)) : RETRY_MS);
    }
  }

  private async giveWay(): Promise<void> {
    while (!this.stopping && this.database.poolStats().waiting > 0) await sleep(BUSY_WAIT_MS);
  }

  /** Nothing of a tenant that is deleted and waits to be purged. */
  private async add(tenantId: string, sum: RegisterSum): Promise<void> {
    const today = utcToday();
    const figures = await this.database.read(
      (session) => Promise.all(REGISTER_FIGURES.map((figure) => this.count(session, figure, today))),
      { tenantId },
    );
    const isThere = figures.some(([{ name }, [row]]) => name === 'openrisk_tenants' && row?.count === 1);
    if (isThere) for (const [figure, rows] of figures) sum.add(figure, rows.map(toCounted));
  }

  private async count(
    session: ReadSession,
    figure: RegisterFigure,
    today: string,
  ): Promise<[figure: RegisterFigure, rows: Row[]]> {
    const { sql, day } = figure;
    return [figure, await session.query<Row>(sql, day ? [session.tenantId, day(today)] : [session.tenantId])];
  }
}

type Row = LabelValues & { readonly count: number };

function toCounted({ count, ...labels }: Row): Counted {
  return { labels, count };
}
