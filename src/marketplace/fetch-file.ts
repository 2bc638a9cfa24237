import type { ConnectorContext, ConnectorRequest } from './connector';

const DEADLINE_MS = 120_000;

/** What is behind a URL, as a whole: for what has to be held in memory anyhow. */
export async function fetchFile(
  { http, signal }: ConnectorContext,
  url: string | URL,
  request: Pick<ConnectorRequest, 'headers' | 'maxBytes'>,
): Promise<Buffer> {
  const { body } = await http.request(url, { signal, deadlineMs: DEADLINE_MS, ...request });
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
