import type { MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import type { ApiClient } from '../support/api-client';

/** What somebody is shown who walks both lists to their ends. */
export interface Lists {
  readonly risks: readonly RiskResponse[];
  readonly mitigations: readonly MitigationResponse[];
}

export async function listsOf(client: ApiClient, limit: number): Promise<Lists> {
  const [risks, mitigations] = await Promise.all([
    walk<RiskResponse>(client, '/api/v1/risks', { limit }),
    walk<MitigationResponse>(client, '/api/v1/mitigations', { limit }),
  ]);
  return { risks: risks.items, mitigations: mitigations.items };
}

/** All items of a list, page by page. @throws Error for an answer that is no page, or a total that has changed */
export async function walk<Item>(
  client: ApiClient,
  path: string,
  query: Readonly<Record<string, unknown>>,
): Promise<{ items: Item[]; total: number }> {
  const items: Item[] = [];
  const totals = new Set<number>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const {
      total,
      page,
      items: found,
    } = await read(client, path, { ...query, total: true, ...(cursor && { cursor }) });
    items.push(...(found as Item[]));
    totals.add(total as number);
    cursor = page.nextCursor as string | null;
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
  const { status, body, text } = await client.get(`${path}?${parameters}`);
  if (status !== 200) throw new Error(`GET ${path}?${parameters}: ${status} ${text}`);
  return body;
}
