import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Cache } from '../../src/cache/cache';
import { CacheEvict } from '../../src/cache/cache-evict.decorator';
import { CachePut } from '../../src/cache/cache-put.decorator';
import { Database } from '../../src/database/database';
import type { Versions } from './journal';
import { currentWrite } from './open-write';
import { Random } from './random';
import { changeRows, readRows, RowTags, teamOf } from './rows';

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
    (rows) => this.putsTeam(rows),
    (rows) => this.putsShared(rows),
    (rows) => this.putsInside(rows),
  ];

  @CacheEvict({ tags: RowTags.of })
  async byTags(rows: readonly number[]): Promise<void> {
    await this.change(rows);
  }

  @CacheEvict({ pattern: ['rbac:id:*', 'dashboard:team:*', 'marketplace:connector:*'] })
  async byPattern(rows: readonly number[]): Promise<void> {
    await this.change(rows);
  }

  @CacheEvict({
    keys: (rows: readonly number[]) =>
      rows.flatMap((row) => [
        { cache: 'rbac' as const, key: ['id', row] },
        { cache: 'connector' as const, key: ['row', row] },
        { cache: 'dashboard' as const, key: ['team', { team: teamOf(row) }] },
      ]),
  })
  async byKeys(rows: readonly number[]): Promise<void> {
    await this.change(rows);
  }

  /** What it returns depends on rows that others may change meanwhile. */
  @CachePut({
    cache: 'dashboard',
    key: ([row = 0]: readonly number[]) => ['team', { team: teamOf(row) }],
    tags: ([row = 0]) => [RowTags.team(teamOf(row))],
    reach: ['row:read'],
    evicts: { tags: RowTags.of },
  })
  async putsTeam(rows: readonly number[]): Promise<Versions> {
    return this.changeAndRead(rows, 'team = $1', teamOf(rows[0] ?? 0));
  }

  @CachePut({
    cache: 'connector',
    key: ([row = 0]: readonly number[]) => ['row', row],
    tags: ([row = 0]) => [RowTags.shared(row)],
    evicts: { tags: RowTags.of },
  })
  async putsShared(rows: readonly number[]): Promise<Versions> {
    return this.changeAndRead(rows, 'id = $1', rows[0] ?? 0);
  }

  private async putsInside(rows: readonly number[]): Promise<void> {
    const half = Math.ceil(rows.length / 2);
    await this.transaction(async () => {
      await this.putsTeam(rows.slice(0, half));
      if (this.random.chance(0.5)) await this.byTags(rows.slice(half));
      else if (half < rows.length) await this.putsTeam(rows.slice(half));
    });
  }

  private async changeAndRead(rows: readonly number[], which: string, value: number): Promise<Versions> {
    let versions: Versions = {};
    await this.transaction(async () => {
      await this.change(rows);
      versions = await readRows(this.database, which, value);
      await this.pauseSometimes();
    });
    await this.pauseSometimes();
    return versions;
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
      await this.pauseSometimes();
    });
  }

  private async pauseSometimes(): Promise<void> {
    if (this.random.chance(0.4)) await pause(this.random.skewed(0, SLOWEST_CHANGE_MS));
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
