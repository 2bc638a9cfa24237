import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

type Content = Iterable<string> | AsyncIterable<string>;

/** Without the extension of ZIP64 an archive and its parts are counted in 32 bits. */
const MOST_BYTES = 0xffff_ffff;
/** Packed by deflate; sizes follow the content; names in UTF-8; of the first day there is. */
const KIND = Buffer.from('1400' + '0808' + '0800' + '0000' + '2100', 'hex');
const NO_SUMS = Buffer.alloc(12);

/**
 * A ZIP archive, packed while its parts are made: of each only what is being packed is held.
 *
 * @throws RangeError, in the middle of it, beyond 4 GiB
 */
export async function* zipArchive(parts: Iterable<readonly [path: string, content: Content]>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, content] of parts) {
    const name = Buffer.from(path);
    const head = Buffer.concat([signature('0304'), KIND, NO_SUMS, uint16(name.length), uint16(0), name]);
    yield head;
    const sums = { crc: 0, bytes: 0 };
    let packedBytes = 0;
    for await (const chunk of packed(summed(content, sums))) {
      packedBytes += chunk.length;
      yield chunk;
    }
    const told = Buffer.concat([uint32(sums.crc), uint32(packedBytes), uint32(sums.bytes)]);
    yield Buffer.concat([signature('0708'), told]);
    const place = Buffer.concat([Buffer.alloc(12), uint32(at)]);
    directory.push(Buffer.concat([signature('0102'), uint16(20), KIND, told, uint16(name.length), place, name]));
    at += head.length + packedBytes + 16;
  }
  yield endOf(directory, at);
}

function endOf(directory: readonly Buffer[], at: number): Buffer {
  const entries = Buffer.concat(directory);
  const count = uint16(directory.length);
  return Buffer.concat([
    ...[entries, signature('0506'), uint32(0), count, count],
    ...[uint32(entries.length), uint32(at), uint16(0)],
  ]);
}

async function* summed(content: Content, sums: { crc: number; bytes: number }): AsyncGenerator<Buffer> {
  for await (const text of content) {
    const bytes = Buffer.from(text);
    sums.crc = crc32(bytes, sums.crc);
    sums.bytes += bytes.length;
    yield bytes;
  }
}

/** What fails on the way in fails on the way out; who stops taking stops the making. */
function packed(content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return pipeline(Readable.from(content), createDeflateRaw(), () => undefined);
}

function signature(kind: string): Buffer {
  return Buffer.from(`504b${kind}`, 'hex');
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  if (value > MOST_BYTES) throw new RangeError('A workbook of more than 4 GiB');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
