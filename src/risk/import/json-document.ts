import { cut } from './fit-text';
import { MAX_FIELDS, MAX_IMPORT_ROWS, MAX_JSON_DEPTH } from './import-limits';
import { repeatedName } from './json-names';
import type { SourceRecord } from './source-record';
import { UnreadableImport } from './unreadable-import';

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

export interface JsonDocument {
  readonly kind: 'json';
  readonly root: unknown;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws UnreadableImport with the line, where the parser tells it; also for JSON of an unreasonable shape */
export function parseJson(text: string): JsonDocument {
  refuseShape(text);
  const root = parsed(text);
  const repeated = repeatedName(text);
  if (!repeated) return { kind: 'json', root };
  const line = lineAt(text, repeated.at);
  throw new UnreadableImport(
    `The JSON gives the name "${cut(repeated.name.toWellFormed(), 100)}" twice in one object (line ${line}).`,
    { line },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadableJson(text, error instanceof Error ? error.message : '');
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The items of a list as records; an item that is not an object carries a problem.
 *
 * @throws UnreadableImport when there are too many
 */
export function jsonRecords(items: readonly unknown[]): SourceRecord[] {
  if (items.length > MAX_IMPORT_ROWS) {
    throw new UnreadableImport(
      `The file has ${items.length} rows; at most ${MAX_IMPORT_ROWS} are read. Split it into smaller files.`,
    );
  }
  return items.map((item, index) => {
    const row = index + 1;
    if (isObject(item)) return { row, fields: new Map(Object.entries(item)) };
    return { row, fields: new Map(), problem: { pointer: '', code: 'type', message: 'must be an object' } };
  });
}

function unreadableJson(text: string, reason: string): UnreadableImport {
  const found = /at position (\d+)/.exec(reason)?.[1];
  const position = found === undefined ? undefined : Number(found);
  if (reason.includes('end of JSON') || reason.startsWith('Unterminated') || position === text.length) {
    const line = lineAt(text, text.length);
    return new UnreadableImport(`The file ends in the middle of the JSON (line ${line}): it is truncated.`, { line });
  }
  if (position === undefined) return new UnreadableImport('The file is not valid JSON.');
  const line = lineAt(text, position);
  return new UnreadableImport(`The file is not valid JSON (line ${line}).`, { line });
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Before parsing: what a few bytes can blow up to gigabytes in memory, deep nesting and objects of countless names. */
function refuseShape(text: string): void {
  // Commas so far of every open object; undefined for a list, whose length has its own limit.
  const open: (number | undefined)[] = [];
  const refuse = (problem: string, at: number): never => {
    throw new UnreadableImport(`The JSON ${problem}.`, { line: lineAt(text, at) });
  };
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === backslash) at += 1;
      else if (code === quote) quoted = false;
    } else if (code === quote) quoted = true;
    else if (code === openBrace || code === openBracket) {
      if (open.push(code === openBrace ? 0 : undefined) > MAX_JSON_DEPTH) {
        refuse(`is nested deeper than ${MAX_JSON_DEPTH} levels`, at);
      }
    } else if (code === closeBrace || code === closeBracket) open.pop();
    else if (code === comma) {
      const commas = open.at(-1);
      if (commas === undefined) continue;
      if (commas + 2 > MAX_FIELDS) refuse(`has an object with more than ${MAX_FIELDS} fields`, at);
      open[open.length - 1] = commas + 1;
    }
  }
}
