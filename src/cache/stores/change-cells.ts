import type { RedisClient } from './redis-connection';

/**
 * Marks cells, or gives them new nonces, in one step. A cell holds a nonce, or the marks of all who are about to commit:
 * `!id@deadline!id@deadline`. Nobody removes the mark of another, so a nonce comes only after the last of them is done.
 * A mark ends by itself: it lives no longer than its deadline, by the clock of Redis alone.
 */
const SCRIPT = `
local own, markMs = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, cell in ipairs(KEYS) do
  local marks, last = '', 0
  local held = redis.call('GET', cell) or ''
  for id, deadline in string.gmatch(held, '!([^!@]+)@(%d+)') do
    if id ~= own and tonumber(deadline) > now then
      marks = marks .. '!' .. id .. '@' .. deadline
      last = math.max(last, tonumber(deadline))
    end
  end
  if markMs > 0 then
    last = math.max(last, now + markMs)
    marks = marks .. '!' .. own .. '@' .. string.format('%d', now + markMs)
  end
  local nonce, lifeMs = ARGV[2 * i + 1], ARGV[2 * i + 2]
  if marks ~= '' then redis.call('SET', cell, marks, 'PX', string.format('%d', last - now))
  elseif lifeMs == '0' then redis.call('SET', cell, nonce)
  else redis.call('SET', cell, nonce, 'PX', lifeMs) end
end`;

export interface CellChange {
  readonly key: string;
  /** What it holds once nobody's mark is left in it. */
  readonly nonce: string;
  /** 0: for ever. */
  readonly lifeMs: number;
}

/**
 * @param writeId the write whose marks these are; `''` for one without
 * @param markMs how long a mark may live; 0 takes the marks of this write away
 */
export async function changeCells(
  client: RedisClient,
  cells: readonly CellChange[],
  writeId: string,
  markMs: number,
): Promise<void> {
  await client.eval(SCRIPT, {
    keys: cells.map(({ key }) => key),
    arguments: [writeId, String(markMs), ...cells.flatMap(({ nonce, lifeMs }) => [nonce, String(lifeMs)])],
  });
}

/** Whether somebody is about to commit a change to what depends on the cell. */
export function isMark(held: string | null | undefined): boolean {
  return held?.startsWith('!') ?? false;
}
