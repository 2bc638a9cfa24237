import { exampleOf } from '../../src/http/openapi-example';
import type { TestApp } from './test-app';
import type { ApiAnswer, ApiClient, ApiHeaders } from './api-client';

type Schema = Parameters<typeof exampleOf>[0];

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema?: Schema;
}

interface DescribedAnswer {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, object>>;
}

interface Described {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
  readonly 'x-required-permission'?: string;
}

/** What the `{names}` of a path stand for. */
export type PathIds = Readonly<Record<string, string>>;

/** One operation of the served OpenAPI document, and the request that the document gives as its example. */
export interface Operation {
  /** As jest's `%s` prints it. */
  readonly name: string;
  readonly method: string;
  /** With the `{names}` of its parameters. */
  readonly path: string;
  readonly described: Described;
  readonly permissions: readonly string[];
  readonly isSecured: boolean;
  /** The example of the body, undefined without one; `mediaType` says how it is sent. */
  readonly body: unknown;
  readonly mediaType: string | undefined;
  /** Whether it takes a file in one of several formats, whose fields are not ours. */
  readonly takesFile: boolean;
  /** Examples of the parameters that have one. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: ApiHeaders;
  readonly pathExamples: Readonly<Record<string, string>>;
}

export async function operationsOf(app: TestApp): Promise<Operation[]> {
  const { body: document } = await app.anonymous().get('/openapi.json');
  const schemas = document.components.schemas as Record<string, Schema>;
  const paths = document.paths as Record<string, Record<string, Described>>;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => toOperation(method.toUpperCase(), path, described, schemas)),
  );
}

/** Sends the example of an operation, with what is given in place of its parts. */
export function sendExample(
  client: ApiClient,
  operation: Operation,
  given: { id?: string; ids?: PathIds; body?: unknown; query?: string; headers?: ApiHeaders } = {},
): Promise<ApiAnswer> {
  const { method, mediaType } = operation;
  const body = 'body' in given ? given.body : operation.body;
  const query = given.query === undefined ? '' : `?${given.query}`;
  return client.send(method, pathOf(operation, given.ids ?? given.id) + query, body, {
    ...(body === undefined || mediaType === undefined ? {} : { 'content-type': mediaType }),
    ...operation.headers,
    ...given.headers,
  });
}

/** @param ids one for all names in the path, or one for each; else those of the example */
export function pathOf(
  { path, pathExamples }: Pick<Operation, 'path' | 'pathExamples'>,
  ids?: string | PathIds,
): string {
  const given = typeof ids === 'string' ? undefined : ids;
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    typeof ids === 'string' ? ids : (given?.[name] ?? pathExamples[name] ?? name),
  );
}

function toOperation(method: string, path: string, described: Described, schemas: Record<string, Schema>): Operation {
  const contents = Object.entries(described.requestBody?.content ?? {});
  // The example of a file is the text of a CSV.
  const [mediaType, media] = contents.find(([type]) => type === 'text/csv') ?? contents[0] ?? [];
  const body = media && (media.example ?? (media.schema && exampleOf(media.schema, schemas)));
  const examples = (place: Parameter['in']): Record<string, string> =>
    Object.fromEntries(
      (described.parameters ?? []).flatMap((parameter) => {
        const schema = parameter.schema as { example?: unknown } | undefined;
        const example = parameter.example ?? schema?.example;
        return parameter.in === place && example !== undefined ? [[parameter.name, toText(example)]] : [];
      }),
    );
  return {
    name: `${method} ${path}`,
    method,
    path,
    described,
    permissions: described['x-required-permission']?.split(' ') ?? [],
    isSecured: (described.security ?? []).length > 0,
    body,
    mediaType,
    takesFile: contents.length > 1,
    query: examples('query'),
    headers: examples('header'),
    pathExamples: examples('path'),
  };
}

function toText(example: unknown): string {
  return Array.isArray(example) ? example.join() : String(example);
}
