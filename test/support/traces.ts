import { createClient } from '@redis/client';
import type { Client } from 'pg';

/** A text in all spellings that a search should know of. */
export function spellingsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const inside = [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]);
    const whole = all.subarray(0, all.length - (all.length % 3)).toString('base64');
    return whole.slice(Math.ceil((before * 8) / 6));
  });
  const inUrls = inside.map((base64) => base64.replaceAll('+', '-').replaceAll('/', '_'));
  return [text, encodeURIComponent(text), text.replaceAll('/', '\\/'), bytes.toString('hex'), ...inside, ...inUrls];
}

/** Every row of every table as text, by the name of the table; of `without`, a table and its column, all but that column. */
export async function storedTexts(
  sql: Client,
  without: readonly [table: string, column: string],
): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await sql.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class
      WHERE relkind IN ('r', 'm') AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const row = name === without[0] ? `to_jsonb(t) - '${without[1]}'` : 't';
    const { rows } = await sql.query<{ text: string }>(`SELECT (${row})::text AS text FROM ${name} AS t`);
    texts.set(name, rows.map(({ text }) => text).join('\n'));
  }
  return texts;
}

/** Every key of a Redis below this prefix, with all that is in it. */
export async function cachedTexts(url: string, prefix: string): Promise<ReadonlyMap<string, string>> {
  const redis = createClient({ url });
  redis.on('error', () => undefined);
  await redis.connect();
  try {
    const texts = new Map<string, string>();
    for await (const key of redis.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) {
      const commands: Readonly<Record<string, string[]>> = {
        ...{ string: ['GET', key], hash: ['HGETALL', key], set: ['SMEMBERS', key] },
        ...{ list: ['LRANGE', key, '0', '-1'], zset: ['ZRANGE', key, '0', '-1'] },
      };
      const command = commands[await redis.type(key)];
      // One that has ended meanwhile has no type.
      if (command) texts.set(key, `${key} ${JSON.stringify(await redis.sendCommand(command))}`);
    }
    return texts;
  } finally {
    await redis.disconnect();
  }
}
