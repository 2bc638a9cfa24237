import type { Connector, SyncRecord, SyncStep } from '../../src/marketplace/connector';
import { plainHttp } from './plain-http';

const context = (configuration: object) => ({
  ...{ configuration: { ...configuration }, http: plainHttp, signal: new AbortController().signal },
});

/** All steps of a connector, tried alone. @param limit a source without end is cut off there */
export async function stepsOf(
  connector: Connector,
  configuration: object,
  { checkpoint, limit = 1_000 }: { readonly checkpoint?: string; readonly limit?: number } = {},
): Promise<SyncStep[]> {
  if (!connector.sync) throw new Error('It brings nothing');
  const steps: SyncStep[] = [];
  for await (const step of connector.sync({
    ...context(configuration),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  })) {
    steps.push(step);
    if (steps.length === limit) break;
  }
  return steps;
}

export function checksOf(connector: Connector, configuration: object) {
  return connector.test(context(configuration));
}

export function recordsOf(steps: readonly SyncStep[]): SyncRecord[] {
  return steps.flatMap(({ records }) => records);
}

/** Titles of the risks. */
export function titlesOf(steps: readonly SyncStep[]): (string | undefined)[] {
  return recordsOf(steps).map((record) => (record.kind === 'risk' ? record.row.candidate?.title : undefined));
}
