import { fromStoredText } from '../cached-value';
import type { GenerationVector, StoredEntry } from '../store';
import { holdsUnder } from './generation';

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

/**
 * Undefined when the entry was loaded under other generations, or is nothing that {@link encodeEntry} has written.
 *
 * @param found in its cells
 */
export function decodeEntry(
  stored: string,
  found: readonly (string | null)[],
): { vector: GenerationVector; entry: StoredEntry } | undefined {
  const vectorEnd = stored.indexOf('\n');
  const vector = stored.slice(0, vectorEnd) as GenerationVector;
  if (vectorEnd === -1 || !holdsUnder(vector, found)) return undefined;
  const headerEnd = stored.indexOf('\n', vectorEnd + 1);
  try {
    const { tenantId, expiresAt, loadMs, etag } = JSON.parse(stored.slice(vectorEnd + 1, headerEnd)) as Header;
    return { vector, entry: { tenantId, expiresAt, loadMs, value: fromStoredText(stored.slice(headerEnd + 1), etag) } };
  } catch {
    return undefined;
  }
}
