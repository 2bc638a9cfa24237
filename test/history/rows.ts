import { escapeIdentifier } from 'pg';
import { sharedTag, tag, type Tag } from '../../src/cache/tag';
import type { Database } from '../../src/database/database';
import type { Transaction } from '../../src/database/session';
import type { TestDatabase } from '../support/database';
import { withClient } from '../support/open-database';
import type { Versions } from './journal';

/** Whose rows these are. */
export const TENANT = '00000000-0000-4000-8000-00000000acce';

/** Few, so that readers and writers meet. */
export const ROWS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
export const TEAMS = [0, 1] as const;

export function teamOf(row: number): number {
  return row % TEAMS.length;
}

export const RowTags = {
  all: tag('rbac', 'id'),
  row: (row: number): Tag => tag('rbac', 'id', row),
  team: (team: number): Tag => tag('history', 'team', team),
  shared: (row: number): Tag => sharedTag('history', row),
  /** Everything that depends on these rows. */
  of: (rows: readonly number[]): Tag[] =>
    rows.flatMap((row) => [RowTags.row(row), RowTags.team(teamOf(row)), RowTags.shared(row)]),
};

/** The rows that are read and written, a sequence their versions come from, and the writes that were committed. */
export async function createRows({ adminUrl, applicationUrl }: TestDatabase): Promise<void> {
  const application = escapeIdentifier(decodeURIComponent(new URL(applicationUrl).username));
  await withClient(adminUrl, async (admin) => {
    await admin.query(`
      CREATE TABLE history_rows (id int PRIMARY KEY, team int NOT NULL, version bigint NOT NULL);
      CREATE TABLE history_writes (id text PRIMARY KEY);
      CREATE SEQUENCE history_versions;
      GRANT SELECT, UPDATE ON history_rows TO ${application};
      GRANT INSERT ON history_writes TO ${application};
      GRANT USAGE ON history_versions TO ${application}`);
    for (const row of ROWS) await admin.query('INSERT INTO history_rows VALUES ($1, $2, 0)', [row, teamOf(row)]);
  });
}

/** What Postgres says, in the end, was committed. */
export async function committedWrites({ adminUrl }: TestDatabase): Promise<Set<string>> {
  return withClient(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ id: string }>('SELECT id FROM history_writes');
    return new Set(rows.map(({ id }) => id));
  });
}

/** A new version for each row. Versions of a row rise in the order of their commits, since the rows are locked first. */
export async function changeRows(tx: Transaction, rows: readonly number[]): Promise<Versions> {
  await tx.query('SELECT id FROM history_rows WHERE id = ANY($1) ORDER BY id FOR UPDATE', [rows]);
  return versionsOf(
    await tx.query<Row>(
      `UPDATE history_rows SET version = nextval('history_versions') WHERE id = ANY($1) RETURNING id, version`,
      [rows],
    ),
  );
}

export async function readRows(database: Database, which: string, value: number): Promise<Versions> {
  const rows = await database.read((session) =>
    session.query<Row>(`SELECT id, version FROM history_rows WHERE ${which}`, [value]),
  );
  return versionsOf(rows);
}

interface Row {
  readonly id: number;
  readonly version: number;
}

function versionsOf(rows: readonly Row[]): Versions {
  return Object.fromEntries(rows.map(({ id, version }) => [id, version]));
}
