import type { Served } from './serve';
import { SetupService } from './auth/accounts/setup.service';

/** Tells who starts a new installation how to get in. Printed and not logged: logs are kept and passed on. */
export async function printSetupNotice({ app, url }: Served): Promise<void> {
  const token = await app.get(SetupService).issueToken();
  if (token === undefined) return;
  process.stdout.write(`
  There is no tenant yet. Make the first one, and its administrator, within an hour:

  curl ${url}/api/v1/auth/setup -H 'content-type: application/json' -d '{
    "token": "${token}",
    "email": "...", "name": "...", "password": "...", "tenantName": "...", "tenantSlug": "..." }'

`);
}
