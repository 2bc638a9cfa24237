import { randomUUID } from 'node:crypto';
import type { CreateMitigation, MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import type { SubActionResponse } from '../../src/risk/mitigations/sub-actions/sub-action.dto';
import type { RiskStatus } from '../../src/risk/lifecycle/risk-lifecycle';
import type { ApiClient } from '../support/api-client';
import { addRisk } from './risk';

/** @throws Error with the answer when it cannot be added */
export async function addMitigation(
  client: ApiClient,
  riskId: string,
  given: Partial<CreateMitigation> = {},
): Promise<MitigationResponse> {
  const body = { title: `Mitigation ${randomUUID()}`, ...given };
  const answer = await client.post(`/api/v1/risks/${riskId}/mitigations`, body);
  if (answer.status !== 201) throw new Error(`POST mitigations: ${answer.status} ${answer.text}`);
  return answer.body as MitigationResponse;
}

/** @throws Error with the answer when it cannot be added */
export async function addSubAction(
  client: ApiClient,
  mitigationId: string,
  title = `Step ${randomUUID()}`,
): Promise<SubActionResponse> {
  const answer = await client.post(`/api/v1/mitigations/${mitigationId}/sub-actions`, { title });
  if (answer.status !== 201) throw new Error(`POST sub-actions: ${answer.status} ${answer.text}`);
  return answer.body as SubActionResponse;
}

/** Moves a risk along, whatever its version. @throws Error with the answer when it does not go there */
export async function moveRisk(client: ApiClient, riskId: string, ...statuses: RiskStatus[]): Promise<void> {
  for (const status of statuses) {
    const answer = await client.post(`/api/v1/risks/${riskId}/transition`, { status }, { 'if-match': '*' });
    if (answer.status !== 200) throw new Error(`To ${status}: ${answer.status} ${answer.text}`);
  }
}

/** A risk in treatment with one mitigation, which is PLANNED. */
export async function addTreatedRisk(client: ApiClient): Promise<{ riskId: string; mitigationId: string }> {
  const { id: riskId } = await addRisk(client, { status: 'ASSESSED' });
  const { id: mitigationId } = await addMitigation(client, riskId);
  await moveRisk(client, riskId, 'TREATMENT_PLANNED', 'IN_TREATMENT');
  return { riskId, mitigationId };
}
