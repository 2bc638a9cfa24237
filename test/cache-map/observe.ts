import { Pool } from 'pg';
import { JobRegistry } from '../../src/jobs/job-registry';
import { Calls, idOf } from '../access/calls';
import { makeCallers, type NamedCaller } from '../access/callers';
import { kinds, Objects } from '../access/objects';
import { routes } from '../access/routes';
import type { ApiAnswer } from '../support/api-client';
import { operationsOf, type Operation } from '../support/operations';
import type { TestApp } from '../support/test-app';
import { Recorder, type Recording } from './recorder';
import { runJob, scenarios, type World } from './scenarios';
import { TagNames } from './tag-names';

/** What an operation or a job was seen to do. */
export interface Observed {
  /** The operation's id, or `job` and the kind. */
  readonly name: string;
  readonly isWrite: boolean;
  /** Of the runs that succeeded. */
  readonly recordings: readonly Recording[];
}

export interface Observation {
  readonly recorder: Recorder;
  readonly names: TagNames;
  readonly all: readonly Observed[];
}

/** Calls every operation and runs every job, one after the other, and writes down what becomes of the cache. */
export async function observe(app: TestApp, sourceUrl: string): Promise<Observation> {
  const sql = new Pool({ connectionString: app.database.adminUrl, max: 4 });
  try {
    const names = await TagNames.read();
    const requests = await requestsOf(app, sql);
    const recorder = new Recorder(app.app, names);
    const world = { app, sql, sourceUrl };
    const all: Observed[] = [];
    for (const operation of await operationsOf(app)) {
      const special = (scenarios[idOf(operation)] ?? []).map((scenario) => () => scenario(world));
      all.push(await observeOne(recorder, world, operation, [...requests(operation), ...special]));
    }
    for (const { kind } of app.app.get(JobRegistry, { strict: false }).all()) {
      const recordings = [await recorder.during(await runJob(world, kind))];
      all.push({ name: `job ${kind}`, isWrite: true, recordings });
    }
    return { recorder, names, all };
  } finally {
    await sql.end();
  }
}

/** Makes what a request needs. @returns what sends it */
type Prepare = () => Promise<() => Promise<ApiAnswer>>;

async function requestsOf(app: TestApp, sql: Pool): Promise<(operation: Operation) => Prepare[]> {
  const objects = new Objects(app, sql);
  const callers = (await makeCallers(app, sql)).filter(({ name }) =>
    ['admin', 'API token of a Manager'].includes(name),
  );
  const given = new Map(await Promise.all(callers.map(async (one) => [one, await objects.given(one)] as const)));
  const calls = new Calls(sql, objects, given);
  return (operation) => callers.map((caller) => () => prepared(calls, objects, operation, caller));
}

function prepared(
  calls: Calls,
  objects: Objects,
  operation: Operation,
  caller: NamedCaller,
): Promise<() => Promise<ApiAnswer>> {
  const route = routes[idOf(operation)];
  if (!route) throw new Error(`${operation.name} is missing in test/access/routes.ts`);
  const { object, notOneself } = route;
  const whose = object && (kinds[object].includes('own') && !notOneself ? 'own' : 'colleague');
  if (object && whose) objects.forget(object, whose, caller);
  return calls.prepare({ operation, route, caller, whose });
}

async function observeOne(
  recorder: Recorder,
  { app }: World,
  operation: Operation,
  requests: readonly Prepare[],
): Promise<Observed> {
  const name = idOf(operation);
  const recordings: Recording[] = [];
  for (const prepare of requests) {
    const send = await prepare();
    let status = 0;
    const recording = await recorder.during(async () => ({ status } = await send()));
    if (status >= 300) continue;
    recordings.push(recording);
    const undo = { suspendTenant: 'resume', deleteTenant: 'restore' }[name];
    if (undo !== undefined) await app.as('admin').post(`/api/v1/rbac/tenants/${app.acme.id}/${undo}`);
  }
  return { name, isWrite: operation.method !== 'GET', recordings };
}
