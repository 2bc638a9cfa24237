import type { SyncRecord, SyncStep } from '../connector';
import { ConnectorFailure } from '../connector-failure';

const problem = { pointer: '', code: 'secret', message: 'holds a secret of the app, which is stored nowhere else' };

/**
 * A source that repeats what it was told, a page of diagnosis for example, must not have it kept or shown: records with a
 * secret in them are left out, as those are that cannot be read.
 *
 * @throws ConnectorFailure for a checkpoint with a secret in it: there is no way to go on from anything else
 */
export function withoutToldSecrets(step: SyncStep, holdsSecret: (text: string) => boolean): SyncStep {
  if (!holdsSecret(JSON.stringify(step))) return step;
  if (holdsSecret(step.checkpoint ?? '')) throw new ConnectorFailure('A checkpoint of the source holds a secret.');
  return {
    ...step,
    records: step.records.map((record) => (holdsSecret(JSON.stringify(record)) ? leftOut(record) : record)),
  };
}

function leftOut(record: SyncRecord): SyncRecord {
  const row = record.kind === 'risk' ? record.row.row : 0;
  return { kind: 'risk', row: { row, problems: [problem], notices: [] } };
}
