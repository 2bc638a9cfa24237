import { cleanUp } from './cleanup';

export default async function globalTeardown(): Promise<void> {
  await cleanUp();
}
