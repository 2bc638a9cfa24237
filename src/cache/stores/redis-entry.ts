import { fromStoredText } from '../cached-value';
import type { GenerationVector, StoredEntry } from '../store';

interface Header {
  readonly tenantId?: string;
  readonly expiresAt: number;
  readonly loadMs: number;
  readonly etag?: string;
}

/** Three lines: the generation vector, the header, the value. None of the first two can hold a line break. */
export function encodeEntry(vector: GenerationVector, { tenantId, value, expiresAt, loadMs }: StoredEntry): string {
  const header: Header = {
    expiresAt,
    loadMs,
    ...(tenantId !== undefined && { tenantId }),
    ...(value.etag !== undefined && { etag: value.etag }),
  };
  return `${vector}\n${JSON.stringify(header)}\n${value.bytes.toString()}`;
}

/** Undefined when the entry was loaded under other generations, or is nothing that {@link encodeEntry} has written. */
export function decodeEntry(stored: string, vector: GenerationVector): StoredEntry | undefined {
  if (!stored.startsWith(`${vector}\n`)) return undefined;
  const headerStart = vector.length + 1;
  const headerEnd = stored.indexOf('\n', headerStart);
  try {
    const { tenantId, expiresAt, loadMs, etag } = JSON.parse(stored.slice(headerStart, headerEnd)) as Header;
    return { tenantId, expiresAt, loadMs, value: fromStoredText(stored.slice(headerEnd + 1), etag) };
  } catch {
    return undefined;
  }
}
