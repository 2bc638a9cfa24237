import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Cacheable } from '../../src/cache/cacheable.decorator';
import { Database } from '../../src/database/database';
import type { Versions } from './journal';
import { Random } from './random';
import { readRows, ROWS, RowTags } from './rows';

/** The longest a load pauses, before and after its snapshot together. */
export const SLOWEST_LOAD_MS = 400;

const mode: object = { mode: process.env['HISTORY_MODE'] ?? 'validated' };

/** Cached readers of every kind over the same rows, with loads that are slow before and after their snapshot. */
@Injectable()
export class RowReader {
  readonly random = new Random(0);

  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'rbac', key: (row: number) => ['id', row], ...mode })
  async one(row: number): Promise<Versions> {
    return this.slowly('id = $1', row);
  }

  /** A load that asks the cache itself. */
  @Cacheable({ cache: 'rbac', key: (row: number) => ['id', row, 'summary'], ...mode })
  async summary(row: number): Promise<Versions> {
    await this.pauseSometimes();
    return this.one(row);
  }

  @Cacheable({ cache: 'rbac', key: (row: number) => ['id', row, 'mine'], visibility: 'user', ...mode })
  async mine(row: number): Promise<Versions> {
    return this.slowly('id = $1', row);
  }

  @Cacheable({
    cache: 'dashboard',
    key: (team: number) => ['team', { team }],
    tags: (team: number) => [RowTags.team(team)],
    reach: ['row:read'],
    ...mode,
  })
  async team(team: number): Promise<Versions> {
    return this.slowly('team = $1', team);
  }

  @Cacheable({
    cache: 'connector',
    key: (row: number) => ['row', row],
    tags: (row: number) => [RowTags.shared(row)],
    ...mode,
  })
  async shared(row: number): Promise<Versions> {
    return this.slowly('id = $1', row);
  }

  /** Shows some of the rows, each time others, and depends on these alone. */
  @Cacheable({
    cache: 'rbac',
    key: (page: number) => ['page', page],
    tags: [RowTags.all],
    resultTags: {
      among: ROWS.map(RowTags.row),
      of: (versions: Versions) => Object.keys(versions).map((row) => RowTags.row(Number(row))),
    },
    ...mode,
  })
  async page(_page: number): Promise<Versions> {
    return this.slowly('id % 4 = $1', this.random.pick([0, 1, 2, 3]));
  }

  private async slowly(which: string, value: number): Promise<Versions> {
    await this.pauseSometimes();
    const versions = await readRows(this.database, which, value);
    await this.pauseSometimes();
    return versions;
  }

  private async pauseSometimes(): Promise<void> {
    if (this.random.chance(0.4)) await pause(this.random.skewed(0, SLOWEST_LOAD_MS / 2));
  }
}
