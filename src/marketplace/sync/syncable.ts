import type { AppStatus } from '../apps/app-terms';

/** One whose last run failed is tried again. */
const SYNCABLE: readonly AppStatus[] = ['INSTALLED', 'ERROR'];

export function isSyncable(status: AppStatus): boolean {
  return SYNCABLE.includes(status);
}
