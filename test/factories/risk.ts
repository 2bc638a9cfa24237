import { randomUUID } from 'node:crypto';
import type { CreateRisk, RiskResponse } from '../../src/risk/risk.dto';
import type { ApiAnswer, ApiClient } from '../support/api-client';

/** A request that is valid by default, with a title of its own. */
export function riskRequest(given: Partial<CreateRisk> = {}): CreateRisk {
  return { title: `Risk ${randomUUID()}`, probability: 3, impact: 3, ...given };
}

/** @throws Error with the answer when the risk cannot be added */
export async function addRisk(client: ApiClient, given: Partial<CreateRisk> = {}): Promise<RiskResponse> {
  const answer = await client.post('/api/v1/risks', riskRequest(given));
  if (answer.status !== 201) throw new Error(`POST /risks: ${answer.status} ${answer.text}`);
  return answer.body as RiskResponse;
}

/** `If-Match` of that version. */
export function ifVersion(version: number): { 'if-match': string } {
  return { 'if-match': `"v${version}"` };
}

/** Status and code of an answer, for comparing problems. */
export function problemIn({ status, body }: ApiAnswer): { status: number; code: unknown } {
  return { status, code: (body as { code?: unknown } | undefined)?.code };
}
