import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { AccessTokens } from '../../src/auth/access-token';
import { Database } from '../../src/database/database';
import { ApiClient } from './api-client';

/** Opens a session past the login, since passwords take time. @returns its id */
export async function openSession(app: INestApplicationContext, tenantId: string, userId: string): Promise<string> {
  const id = randomUUID();
  await app.get(Database).transaction(
    (tx) =>
      tx.query(
        `INSERT INTO sessions (tenant_id, id, user_id, address, user_agent, expires_at)
         VALUES ($1, $2, $3, '192.0.2.1', 'tests', now() + interval '1 day')`,
        [tenantId, id, userId],
      ),
    { tenantId },
  );
  return id;
}

/** A client with a session of its own. */
export async function sessionClient(
  app: INestApplicationContext,
  url: string,
  tenantId: string,
  userId: string,
): Promise<ApiClient> {
  const sessionId = await openSession(app, tenantId, userId);
  return new ApiClient(url, app.get(AccessTokens).issue({ userId, tenantId, sessionId }).token);
}
