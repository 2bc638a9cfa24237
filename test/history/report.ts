import type { History, HistoryOptions } from './history';

const MOST_SHOWN = 12;

/** What is wrong with a run, besides violations of the promise. */
export function shortcomingsOf({ mode }: HistoryOptions, { abilities, idle }: History): string[] {
  const missing = mode === 'lease' && !abilities.lease ? ['the engine has no lease mode: nothing was shown'] : [];
  return [...missing, ...idle];
}

export function isSound(options: HistoryOptions, history: History): boolean {
  return history.violations.length === 0 && shortcomingsOf(options, history).length === 0;
}

export function describeHistory(options: HistoryOptions, history: History): string {
  const { mode, seconds, seed, topology, plant } = options;
  const { violations, chaos } = history;
  const events = [...chaos].sort().map(([name, count]) => `${name} ${count}`);
  const total = [...chaos.values()].reduce((sum, count) => sum + count, 0);
  const shortcomings = shortcomingsOf(options, history);
  return [
    `${mode}, ${seconds} s, seed ${seed}${plant === undefined ? '' : `, planted ${plant}`}: 3 applications${topology === 'cluster' ? ', 3 nodes of a Redis Cluster' : ''}`,
    `  reads       ${history.reads}: ${history.hits} hits, ${history.misses} misses, ${history.bypasses} bypasses`,
    ...(history.leaseMs > 0
      ? [`  behind      ${history.behind} reads, within the lease of ${history.leaseMs} ms`]
      : []),
    `  took        median ${ms(history.medianMs)}, p99 ${ms(history.p99Ms)}, longest ${ms(history.longestMs)} of ${history.boundMs} ms`,
    `  writes      ${history.writes}, of which ${history.deferred} deferred; ${history.rolledBack} rolled back; ${history.puts} put what they returned`,
    `  chaos       ${total}: ${events.join(', ')}`,
    `  healed      within ${ms(history.longestHealingMs)}`,
    `  COMMIT      ${atCommit(history)}`,
    ...shortcomings.map((shortcoming) => `  too little  ${shortcoming}`),
    `  violations  ${violations.length}`,
    ...violations.slice(0, MOST_SHOWN).map((violation) => `    ${violation}`),
    ...(violations.length > MOST_SHOWN ? [`    and ${violations.length - MOST_SHOWN} more`] : []),
  ].join('\n');
}

function atCommit({ abilities, killsAtCommit }: History): string {
  if (killsAtCommit) return 'processes are killed at it; a write counts from COMMIT on';
  const why = abilities.twoPhase ? 'as told' : 'the engine marks nothing before it';
  return `nobody is killed at it (${why}): a process that dies between COMMIT and eviction leaves the old value until its TTL`;
}

function ms(duration: number): string {
  return `${duration.toFixed(duration < 10 ? 1 : 0)} ms`;
}
