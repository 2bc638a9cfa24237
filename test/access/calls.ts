import type { Pool } from 'pg';
import type { ApiAnswer, ApiHeaders } from '../support/api-client';
import { sendExample, type Operation, type PathIds } from '../support/operations';
import type { NamedCaller } from './callers';
import type { Whose } from './expectation';
import type { Objects } from './objects';
import { bodies, versions, type Given } from './requests';
import type { Route } from './routes';

export interface Case {
  readonly operation: Operation;
  readonly route: Route;
  readonly caller: NamedCaller;
  readonly whose: Whose | undefined;
}

export const idOf = ({ described }: Operation): string => described.operationId ?? '';

/** Calls operations, each with a request that would succeed if the caller may make it. */
export class Calls {
  constructor(
    private readonly sql: Pool,
    private readonly objects: Objects,
    private readonly given: ReadonlyMap<NamedCaller, Given>,
  ) {}

  /** Makes what the request names. @returns what sends it */
  async prepare({ operation, route, caller, whose }: Case): Promise<() => Promise<ApiAnswer>> {
    const { object } = route;
    const ids = object !== undefined && whose !== undefined ? await this.objects.find(object, whose, caller) : {};
    const client = route.spends && caller.isGood ? await caller.another() : caller.client;
    const body = bodies[idOf(operation)];
    const given = this.given.get(caller);
    if (!given) throw new Error(`${caller.name} has been given nothing`);
    const headers: ApiHeaders =
      'If-Match' in operation.headers ? { 'If-Match': await this.versionOf(object, ids) } : {};
    const query = new URLSearchParams(requiredQuery(operation)).toString();
    return () => sendExample(client, operation, { ids, query, headers, ...(body && { body: body(given) }) });
  }

  private async versionOf(object = '', ids: PathIds): Promise<string> {
    const query = versions[object];
    const { rows } = query === undefined ? { rows: [] } : await this.sql.query<{ version: number }>(query, [ids['id']]);
    return `"v${rows[0]?.version ?? 1}"`;
  }
}

function requiredQuery({ described, query }: Operation): Record<string, string> {
  const required = (described.parameters ?? []).filter((parameter) => parameter.in === 'query' && parameter.required);
  return Object.fromEntries(required.map(({ name }) => [name, query[name] ?? '']));
}
