import { connectorIdOf } from '../../src/marketplace/connector-id';
import type { SyncRunResponse } from '../../src/marketplace/sync/sync-run.dto';
import type { ApiClient } from '../support/api-client';
import { until } from '../support/until';

/** @returns the id of the app */
export async function installApp(client: ApiClient, slug: string, configuration: object): Promise<string> {
  const answer = await client.post('/api/v1/marketplace/apps', { connectorId: connectorIdOf(slug), configuration });
  if (answer.status !== 201) throw new Error(`POST apps: ${answer.status} ${answer.text}`);
  return answer.body.id as string;
}

/** @returns the id of the run */
export async function startSync(client: ApiClient, appId: string): Promise<string> {
  const started = await client.post(`/api/v1/marketplace/apps/${appId}/sync`);
  if (started.status !== 202) throw new Error(`POST sync: ${started.status} ${started.text}`);
  return started.body.id as string;
}

export async function runOf(client: ApiClient, appId: string, runId: string): Promise<SyncRunResponse> {
  const answer = await client.get(`/api/v1/marketplace/apps/${appId}/runs/${runId}`);
  if (answer.status !== 200) throw new Error(`GET run: ${answer.status} ${answer.text}`);
  return answer.body as SyncRunResponse;
}

/** Waits for its end. */
export async function runOver(client: ApiClient, appId: string, runId: string): Promise<SyncRunResponse> {
  await until(async () => !['QUEUED', 'RUNNING'].includes((await runOf(client, appId, runId)).status), 60_000);
  return runOf(client, appId, runId);
}

export async function synchronise(client: ApiClient, appId: string): Promise<SyncRunResponse> {
  return runOver(client, appId, await startSync(client, appId));
}
