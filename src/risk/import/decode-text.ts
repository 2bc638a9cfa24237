import { isUtf8 } from 'node:buffer';
import { UnreadableImport } from './unreadable-import';

const newline = 0x0a;

/**
 * Text of a file in UTF-8 (with or without byte order mark) or in UTF-16 with byte order mark.
 *
 * @throws UnreadableImport for anything else; a wrong guess of the encoding would garble names without a sound
 */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 'utf-16be');

  const firstNul = bytes.indexOf(0);
  if (firstNul >= 0) {
    throw new UnreadableImport(
      `The file is not text: byte ${firstNul + 1} is NUL. Save it as UTF-8 (UTF-16 needs its byte order mark).`,
    );
  }
  if (!isUtf8(bytes)) {
    const line = lineOfFirstBadByte(bytes);
    throw new UnreadableImport(`Line ${line} is not UTF-8 text. Save the file as UTF-8 and try again.`, { line });
  }
  return new TextDecoder('utf-8').decode(bytes);
}

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableImport('The file starts like UTF-16 text, but it is damaged. Save it as UTF-8 and try again.');
  }
}

function lineOfFirstBadByte(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(newline, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
    line += 1;
  }
}
