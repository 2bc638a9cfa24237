import type { TestRedis } from '../../../support/redis-server';
import { LIBRARIES } from '../libraries/all-libraries';
import type { OpenLibrary, StoreKind } from '../libraries/library';
import type { Series } from '../rounds';

export interface BenchOptions {
  readonly rounds: number;
  readonly quick: boolean;
}

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly series: readonly Series[];
  /** Said of a library instead of a time, or behind it. */
  readonly remarks: Readonly<Record<string, string>>;
}

export interface Opened {
  readonly name: string;
  readonly cache: OpenLibrary;
}

/** Opens all that can be opened over that store, on an empty Redis; what cannot is remarked. */
export async function withLibraries(
  kind: StoreKind,
  redis: TestRedis,
  work: (opened: readonly Opened[]) => Promise<Row[]>,
): Promise<Row[]> {
  await redis.command('FLUSHALL');
  const opened: Opened[] = [];
  const remarks: Record<string, string> = {};
  try {
    for (const library of LIBRARIES) {
      const { name } = library;
      try {
        opened.push({ name, cache: await library.open(kind, redis.url) });
      } catch (error) {
        if (!isMissingPackage(error)) throw error;
        remarks[name] = `left out: ${error.message.replace(/ imported from .*/s, '')}`;
      }
    }
    const rows = await work(opened);
    return rows.map((row) => ({ ...row, remarks: { ...remarks, ...row.remarks } }));
  } finally {
    for (const { cache } of opened) await cache.close();
  }
}

function isMissingPackage(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code));
}

/** JSON of about 8 KB, as a page of a list is. */
export function eightKilobytes(): object {
  const items = Array.from({ length: 32 }, (_, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    title: `Unpatched operating systems in the data centre, number ${index}`,
    severity: index % 5,
    status: 'open',
    tags: ['infrastructure', 'patching'],
    updatedAt: new Date(index * 86_400_000).toISOString(),
  }));
  return { items, total: items.length, page: 1 };
}
