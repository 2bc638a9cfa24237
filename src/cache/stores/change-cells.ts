import { randomInt } from 'node:crypto';
import type { RedisClient } from './redis-connection';

/** How long the changes are kept when nothing changes any more. */
export const CHANGES_LIFE_MS = 172_800_000;

/**
 * Marks cells, or gives them new nonces, and tells all instances of it where anybody listens, in one step. A cell holds
 * a nonce, or the marks of all who are about to commit: `!id@deadline!id@deadline`. Nobody removes the mark of another,
 * so a nonce comes only after the last of them is done; but whoever meets one leaves a `~` behind it: its write was not
 * alone. A mark ends by itself: it lives no longer than its deadline, by the clock of Redis alone. Answers what each
 * cell held.
 */
const SCRIPT = `
local own, markMs, seed, prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3], #ARGV[4]
local told = seed ~= ''
local first = told and 3 or 1
local names, found = {}, {}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = first, #KEYS do
  local cell = KEYS[i]
  names[i - first + 1] = string.sub(cell, prefix + 1)
  local marks, last = '', 0
  local held = redis.call('GET', cell) or ''
  found[i - first + 1] = held
  for id, deadline in string.gmatch(held, '!([^!@]+)@(%d+)') do
    if id ~= own and tonumber(deadline) > now then
      marks = marks .. '!' .. id .. '@' .. deadline .. '~'
      last = math.max(last, tonumber(deadline))
    end
  end
  if markMs > 0 then
    last = math.max(last, now + markMs)
    marks = marks .. '!' .. own .. '@' .. string.format('%d', now + markMs)
  end
  local argument = 2 * (i - first) + 5
  local nonce, lifeMs = ARGV[argument], ARGV[argument + 1]
  if marks ~= '' then redis.call('SET', cell, marks, 'PX', string.format('%d', last - now))
  elseif lifeMs == '0' then redis.call('SET', cell, nonce)
  else redis.call('SET', cell, nonce, 'PX', lifeMs) end
end
if not told then return found end
redis.call('SET', KEYS[1], seed, 'NX')
redis.call('INCR', KEYS[1])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'cells', table.concat(names, '\\n'))
redis.call('PEXPIRE', KEYS[1], ${CHANGES_LIFE_MS})
redis.call('PEXPIRE', KEYS[2], ${CHANGES_LIFE_MS})
return found`;

/** Where a count of changes begins: one that was lost does not come back. */
export function newChangeCount(): string {
  return String(randomInt(2 ** 47));
}

export function changesKey(prefix: string): string {
  return `${prefix}changes`;
}

/** Counts what was ever added to the changes, from a random start. */
export function changeCountKey(prefix: string): string {
  return `${prefix}change-count`;
}

/** Names of the cells in one message of the changes. */
export function changesOf({ cells = '' }: Readonly<Record<string, string>>): string[] {
  return cells.split('\n');
}

export interface CellChange {
  readonly name: string;
  /** What it holds once nobody's mark is left in it. */
  readonly nonce: string;
  /** 0: for ever. */
  readonly lifeMs: number;
}

/**
 * @param prefix in front of every key
 * @param writeId the write whose marks these are; `''` for one without
 * @param markMs how long a mark may live; 0 takes the marks of this write away
 * @param told whether the change is counted and added to the changes
 * @returns what each cell held before; the empty text when there was nothing
 */
export async function changeCells(
  client: RedisClient,
  prefix: string,
  cells: readonly CellChange[],
  writeId: string,
  markMs: number,
  told: boolean,
): Promise<string[]> {
  const nonces = cells.flatMap(({ nonce, lifeMs }) => [nonce, String(lifeMs)]);
  const tellingKeys = told ? [changeCountKey(prefix), changesKey(prefix)] : [];
  const found = await client.eval(SCRIPT, {
    keys: [...tellingKeys, ...cells.map(({ name }) => prefix + name)],
    arguments: [writeId, String(markMs), told ? newChangeCount() : '', prefix, ...nonces],
  });
  return found as string[];
}

/** A nonce, or the id of the write whose mark is alone there and has met no other; undefined for anything else. */
export function soleHolder(held: string | undefined): string | undefined {
  return isMark(held) ? /^!([^!@]+)@\d+$/.exec(held ?? '')?.[1] : held || undefined;
}

/** Whether somebody is about to commit a change to what depends on the cell. */
export function isMark(held: string | null | undefined): boolean {
  return held?.startsWith('!') ?? false;
}
