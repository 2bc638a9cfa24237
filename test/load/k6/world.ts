import http from 'k6/http';
import type { Server } from './environment.ts';

/** What there is to ask for, the most popular first. */
export interface World {
  readonly risks: readonly string[];
  readonly mitigations: readonly string[];
  readonly assets: readonly string[];
  readonly connectors: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly users: readonly string[];
  /** From titles of risks, for searches. */
  readonly words: readonly string[];
}

interface Page {
  readonly items: readonly { readonly id: string; readonly title?: string }[];
  readonly page: { readonly nextCursor: string | null };
}

/** As many as somebody scrolls through. */
const MOST = 1_000;
const MOST_WORDS = 50;

/** @throws Error when there are no risks, or a list is refused */
export function exploreAt(server: Server, token: string): World {
  const list = (path: string, most = MOST): Page['items'] => listAt(server, token, path, most);
  const ids = (path: string): string[] => list(path).map(({ id }) => id);
  const risks = list('/api/v1/risks');
  if (risks.length === 0) throw new Error(`There are no risks at ${server.url}`);
  const titles = risks.map(({ title = '' }) => title).join(' ');
  const words = [...new Set(titles.toLowerCase().match(/[a-z]{5,}/g) ?? ['risk'])];
  return {
    risks: risks.map(({ id }) => id),
    mitigations: ids('/api/v1/mitigations'),
    assets: ids('/api/v1/assets'),
    connectors: ids('/api/v1/marketplace/connectors'),
    roles: ids('/api/v1/rbac/roles'),
    teams: ids('/api/v1/rbac/teams'),
    users: ids('/api/v1/rbac/users'),
    words: words.slice(0, MOST_WORDS),
  };
}

function listAt({ url }: Server, token: string, path: string, most: number): Page['items'] {
  const found: Page['items'][number][] = [];
  for (let cursor: string | null = ''; cursor !== null && found.length < most;) {
    const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = http.get(`${url}${path}?limit=200${from}`, {
      headers: { authorization: `Bearer ${token}` },
      responseType: 'text',
      tags: { kind: 'setup', name: path },
    });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    const { items, page } = answer.json() as unknown as Page;
    found.push(...items);
    cursor = page.nextCursor;
  }
  return found;
}
