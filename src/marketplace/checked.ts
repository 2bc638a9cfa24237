import type { ConnectorCheck } from './connector';

/** Whether something that a configuration needs works. */
export async function checked(name: string, work: () => Promise<unknown>): Promise<ConnectorCheck> {
  try {
    await work();
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, error: error instanceof Error ? error.message : 'unknown' };
  }
}
