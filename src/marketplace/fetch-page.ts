import type { ConnectorContext } from './connector';
import { ConnectorFailure } from './connector-failure';

const DEADLINE_MS = 60_000;
const MOST_BYTES = 32 * 1024 * 1024;

export interface JsonPage {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** One answer of an API in JSON. @throws ConnectorFailure when it is none, and what the way out throws */
export async function fetchPage(
  { http, signal }: ConnectorContext,
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<JsonPage> {
  const answer = await http.request(url, {
    headers: { accept: 'application/json', ...headers },
    ...{ signal, deadlineMs: DEADLINE_MS, maxBytes: MOST_BYTES },
  });
  const text = await answer.text();
  try {
    return { body: JSON.parse(text), headers: answer.headers };
  } catch (error) {
    throw new ConnectorFailure(`${url.origin}${url.pathname} did not answer in JSON.`, { cause: error });
  }
}

/** An address below the one of an installation: `https://dd.example.org/dojo` and `api/v2/findings/`. */
export function addressBelow(base: unknown, path: string, query: Readonly<Record<string, string | number>>): URL {
  const url = new URL(
    path,
    `${String(base)
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')}/`,
  );
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}
