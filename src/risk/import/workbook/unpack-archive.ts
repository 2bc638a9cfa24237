import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { MAX_INFLATED_BYTES, MAX_WORKBOOK_PARTS } from '../import-limits';
import { UnreadableImport } from '../unreadable-import';

const inflate = promisify(inflateRaw);

const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly path: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly packedBytes: number;
  readonly headerAt: number;
}

/**
 * The XML parts of a workbook, as the directory of its archive names them. What an entry says about its size is not
 * believed: all parts together are inflated up to a limit, and no further.
 *
 * @throws UnreadableImport
 */
export async function unpackArchive(file: Buffer): Promise<Map<string, Buffer>> {
  const parts = new Map<string, Buffer>();
  let left = MAX_INFLATED_BYTES;
  for (const entry of directoryOf(file)) {
    if (!/\.(xml|rels)$/i.test(entry.path)) continue;
    if (parts.has(entry.path)) throw damaged(`it has ${JSON.stringify(entry.path)} twice`);
    const content = await contentOf(file, entry, left);
    left -= content.length;
    parts.set(entry.path, content);
  }
  return parts;
}

function directoryOf(file: Buffer): Entry[] {
  const end = endOfDirectory(file);
  const count = file.readUInt16LE(end + 10);
  if (count > MAX_WORKBOOK_PARTS) throw damaged(`it has more than ${MAX_WORKBOOK_PARTS} parts`);
  const entries: Entry[] = [];
  let at = file.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + ENTRY_BYTES > file.length || file.readUInt32LE(at) !== ENTRY) throw damaged('its directory is broken');
    const nameBytes = file.readUInt16LE(at + 28);
    const nameAt = at + ENTRY_BYTES;
    entries.push({
      path: file.toString('utf8', nameAt, nameAt + nameBytes),
      isEncrypted: (file.readUInt16LE(at + 8) & ENCRYPTED) !== 0,
      method: file.readUInt16LE(at + 10),
      packedBytes: file.readUInt32LE(at + 20),
      headerAt: file.readUInt32LE(at + 42),
    });
    at = nameAt + nameBytes + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

function endOfDirectory(file: Buffer): number {
  const first = Math.max(0, file.length - END_BYTES - LONGEST_COMMENT);
  for (let at = file.length - END_BYTES; at >= first; at -= 1) {
    if (file.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw damaged('its end is missing');
}

async function contentOf(file: Buffer, entry: Entry, limitBytes: number): Promise<Buffer> {
  const { headerAt, packedBytes, method, isEncrypted } = entry;
  if (isEncrypted) throw new UnreadableImport('The workbook is encrypted. Save it without a password.');
  if (headerAt + LOCAL_HEADER_BYTES > file.length || file.readUInt32LE(headerAt) !== LOCAL_HEADER) {
    throw damaged('a part of it is missing');
  }
  const start = headerAt + LOCAL_HEADER_BYTES + file.readUInt16LE(headerAt + 26) + file.readUInt16LE(headerAt + 28);
  if (start + packedBytes > file.length) throw damaged('it is truncated');
  const packed = file.subarray(start, start + packedBytes);
  if (method === STORED && packed.length <= limitBytes) return packed;
  if (method !== DEFLATED && method !== STORED) throw damaged('it is packed in an unknown way');
  if (method === STORED || limitBytes === 0) throw tooLarge();
  try {
    return await inflate(packed, { maxOutputLength: limitBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge()
      : damaged('a part of it cannot be unpacked');
  }
}

function damaged(why: string): UnreadableImport {
  return new UnreadableImport(`The file looks like an Excel workbook, but ${why}. Save it again, as XLSX or CSV.`);
}

function tooLarge(): UnreadableImport {
  const megabytes = MAX_INFLATED_BYTES / 1024 / 1024;
  return new UnreadableImport(
    `The workbook is larger than ${megabytes} MiB when unpacked. Split it, or save it as CSV.`,
  );
}
