import type { MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import type { ApiAnswer, ApiClient } from '../support/api-client';

/** What somebody is shown who walks both lists to their ends. */
export interface Lists {
  readonly risks: readonly RiskResponse[];
  readonly mitigations: readonly MitigationResponse[];
}

export async function listsOf(client: ApiClient, limit: number): Promise<Lists> {
  const [risks, mitigations] = await Promise.all([
    walk(client, '/api/v1/risks', { limit }),
    walk(client, '/api/v1/mitigations', { limit }),
  ]);
  return { risks: risks.items, mitigations: mitigations.items };
}

/** All items of a list, page by page. @throws Error for an answer that is no page, or a total that has changed */
export async function walk(
  client: ApiClient,
  path: string,
  query: Readonly<Record<string, unknown>>,
): Promise<{ items: ApiAnswer['body'][]; total: number }> {
  const items: ApiAnswer['body'][] = [];
  const totals = new Set<number>();
  for (let cursor: string | undefined | null; cursor !== null;) {
    const page = await read(client, path, { ...query, total: true, cursor });
    items.push(...page.items);
    totals.add(page.total as number);
    cursor = page.page.nextCursor as string | null;
  }
  const [total = -1, ...others] = totals;
  if (others.length > 0) throw new Error(`${path} has ${total} items, and then ${others.join()}`);
  return { items, total };
}

/** @throws Error for anything but 200 */
export async function read(client: ApiClient, path: string, query: Readonly<Record<string, unknown>> = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    // Categories may hold a comma.
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one));
  }
  const { status, body, text } = await client.get(`${path}?${parameters.toString()}`);
  if (status !== 200) throw new Error(`GET ${path}?${parameters.toString()}: ${status} ${text}`);
  return body;
}

/** What is left of everything for somebody who reaches what belongs to these people. */
export function within({ risks, mitigations }: Lists, people: readonly string[]): Lists {
  const isTheirs = (id: string | null): boolean => id !== null && people.includes(id);
  const reached = risks.filter(({ ownerId, assigneeId }) => isTheirs(ownerId) || isTheirs(assigneeId));
  const ids = new Set(reached.map(({ id }) => id));
  return { risks: reached, mitigations: mitigations.filter((one) => ids.has(one.riskId) || isTheirs(one.assigneeId)) };
}
