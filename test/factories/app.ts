import { join } from 'node:path';
import type { AppResponse } from '../../src/marketplace/apps/app.dto';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import type { ApiClient } from '../support/api-client';

/** For `env` of an application: with the connectors of the tests. */
export const withTestConnectors = { MARKETPLACE_CONNECTORS_DIR: join(__dirname, 'connectors') };

export const VAULT_ID = connectorIdOf('vault');

/** @throws Error with the answer when the app cannot be installed */
export async function addVault(client: ApiClient, configuration: object = {}): Promise<AppResponse> {
  const answer = await client.post('/api/v1/marketplace/apps', {
    connectorId: VAULT_ID,
    configuration: { url: 'https://vault.example.org/api', token: 'tok-canary-4711', ...configuration },
  });
  if (answer.status !== 201) throw new Error(`POST /marketplace/apps: ${answer.status} ${answer.text}`);
  return answer.body as AppResponse;
}
