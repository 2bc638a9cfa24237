import type { TestRedis } from '../support/redis-server';
import { until } from '../support/until';
import type { Applications } from './applications';
import type { Mode } from './mode';
import { byHashTag } from './servers';

/** What the engine can do, told from what it does: nobody has to remember to switch a check on. */
export interface Abilities {
  /** In mode `lease` it serves from its own memory without asking, for which it has to follow the invalidations of others. */
  readonly lease: boolean;
  /** Cells are marked before COMMIT, so that the death of a process after it leaves nothing stale. */
  readonly twoPhase: boolean;
}

/** @param applications at work */
export async function abilitiesOf(
  servers: readonly TestRedis[],
  applications: Applications,
  mode: Mode,
): Promise<Abilities> {
  const twoPhase = await marksBeforeCommit(servers, applications);
  return { lease: mode === 'lease' && (await followsInvalidations(servers)), twoPhase };
}

async function followsInvalidations([redis]: readonly TestRedis[]): Promise<boolean> {
  const follows = async (): Promise<boolean> => /cmd=xread/i.test(String(await redis?.command('CLIENT', 'LIST')));
  return until(follows, 3_000).then(
    () => true,
    () => false,
  );
}

/** Looks at the cells while an application holds a transaction at COMMIT. */
async function marksBeforeCommit(servers: readonly TestRedis[], applications: Applications): Promise<boolean> {
  const application = applications.all[0];
  if (!application) return false;
  application.tell('hold the next commit');
  await application.untilIt('holding a commit');
  let marked = false;
  const look = async (): Promise<boolean> => {
    const values = (await Promise.all(servers.map(valuesOfCells))).flat();
    marked = values.some((value) => value?.startsWith('!'));
    return marked;
  };
  await until(look, 500).catch(() => undefined);
  return marked;
}

async function valuesOfCells(redis: TestRedis): Promise<(string | null)[]> {
  const cells = (await redis.command('KEYS', '*:g:*')) as string[];
  const values = byHashTag(cells).map((keys) => redis.command('MGET', ...keys) as Promise<(string | null)[]>);
  return (await Promise.all(values)).flat();
}
