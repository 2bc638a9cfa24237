import type { INestApplicationContext } from '@nestjs/common';
import { Passwords } from '../../auth/password';
import { Database } from '../../database/database';
import { utcToday } from '../../http/period';
import { createDemoTenant, setDemoPassword } from './create-demo-tenant';

/** Makes the demo tenant unless it exists; either way its accounts have this password afterwards. */
export async function ensureDemo(
  app: INestApplicationContext,
  password: string,
  report: (progress: string) => void,
): Promise<void> {
  const database = app.get(Database);
  const passwordHash = await app.get(Passwords).hash(password);
  const created = await createDemoTenant(database, { passwordHash, today: utcToday() });
  if (created) report('Made the demo tenant: 600 risks, 18 months of history');
  else await setDemoPassword(database, passwordHash);
}
