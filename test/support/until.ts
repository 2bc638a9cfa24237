import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until it is so. @throws Error after the timeout */
export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`Not so within ${timeoutMs} ms: ${isSo.toString()}`);
    await pause(10);
  }
}
