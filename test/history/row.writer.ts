import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Cache } from '../../src/cache/cache';
import { CacheEvict } from '../../src/cache/cache-evict.decorator';
import { Database } from '../../src/database/database';
import { currentWrite } from './open-write';
import { Random } from './random';
import { changeRows, RowTags, teamOf } from './rows';

const SLOWEST_CHANGE_MS = 120;

export class Undone extends Error {}

/** Every way to write and to evict. Rows come in ascending order, so that no two writers wait for each other. */
@Injectable()
export class RowWriter {
  readonly random = new Random(0);

  constructor(
    private readonly database: Database,
    private readonly cache: Cache,
  ) {}

  readonly ways: readonly ((rows: readonly number[]) => Promise<unknown>)[] = [
    (rows) => this.byTags(rows),
    (rows) => this.byPattern(rows),
    (rows) => this.byKeys(rows),
    (rows) => this.scheduled(rows),
    (rows) => this.afterwards(rows),
    (rows) => this.nested(rows),
    (rows) => this.partlyUndone(rows),
    (rows) => this.undone(rows),
  ];

  @CacheEvict({ tags: RowTags.of })
  async byTags(rows: readonly number[]): Promise<void> {
    await this.change(rows);
  }

  @CacheEvict({ pattern: ['asset:id:*', 'dashboard:team:*', 'marketplace:connector:*'] })
  async byPattern(rows: readonly number[]): Promise<void> {
    await this.change(rows);
  }

  @CacheEvict({
    keys: (rows: readonly number[]) =>
      rows.flatMap((row) => [
        { cache: 'asset' as const, key: ['id', row] },
        { cache: 'connector' as const, key: ['row', row] },
        { cache: 'dashboard' as const, key: ['team', { team: teamOf(row) }] },
      ]),
  })
  async byKeys(rows: readonly number[]): Promise<void> {
    await this.change(rows);
  }

  private async scheduled(rows: readonly number[]): Promise<void> {
    await this.transaction(async () => {
      await this.cache.evict({ tags: RowTags.of(rows) });
      await this.change(rows);
    });
  }

  private async afterwards(rows: readonly number[]): Promise<void> {
    currentWrite().evictsAfterwards = true;
    await this.change(rows);
    await this.cache.evict({ tags: RowTags.of(rows) });
  }

  private async nested(rows: readonly number[]): Promise<void> {
    const half = Math.ceil(rows.length / 2);
    await this.transaction(async () => {
      await this.byTags(rows.slice(0, half));
      await this.byTags(rows.slice(half));
    });
  }

  private async partlyUndone(rows: readonly number[]): Promise<void> {
    const half = Math.ceil(rows.length / 2);
    await this.transaction(async () => {
      await this.byTags(rows.slice(0, half));
      const { versions } = currentWrite();
      await this.undone(rows.slice(half)).catch(rethrowUnlessUndone);
      currentWrite().versions = versions;
    });
  }

  private async undone(rows: readonly number[]): Promise<void> {
    await this.transaction(async () => {
      await this.byTags(rows);
      throw new Undone();
    });
  }

  private change(rows: readonly number[]): Promise<void> {
    const write = currentWrite();
    return this.transaction(async () => {
      if (rows.length > 0) {
        const versions = await this.database.transaction((tx) => changeRows(tx, rows));
        write.versions = { ...write.versions, ...versions };
      }
      if (this.random.chance(0.4)) await pause(this.random.skewed(0, SLOWEST_CHANGE_MS));
    });
  }

  private transaction(work: () => Promise<void>): Promise<void> {
    return this.database.transaction(async (tx) => {
      await work();
      await tx.query('INSERT INTO history_writes VALUES ($1) ON CONFLICT DO NOTHING', [currentWrite().id]);
    });
  }
}

export function rethrowUnlessUndone(error: unknown): void {
  if (!(error instanceof Undone)) throw error;
}
