import type { OpenAPIObject } from '@nestjs/swagger';
import { EXAMPLE_ID } from './example-id';

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** An example value of a schema, put together from the examples of its fields. */
export function exampleOf(schema: Schema, schemas: Record<string, Schema>): unknown {
  if ('$ref' in schema) {
    const target = schemas[schema.$ref.replace('#/components/schemas/', '')];
    return target ? exampleOf(target, schemas) : undefined;
  }
  if (schema.example !== undefined) return schema.example as unknown;
  const [first] = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  if (first) return exampleOf(first, schemas);
  if (schema.enum) return schema.enum[0] as unknown;
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([name, field]) => [name, exampleOf(field, schemas)] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  if (schema.items) {
    const item = exampleOf(schema.items, schemas);
    return item === undefined ? [] : Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () => item);
  }
  return plainExample(schema);
}

function plainExample(schema: Exclude<Schema, { $ref: string }>): unknown {
  const type: unknown = schema.type;
  const kind: unknown = Array.isArray(type) ? (type as unknown[])[0] : type;
  if (kind === 'integer' || kind === 'number') return schema.minimum ?? 0;
  if (kind === 'boolean') return false;
  if (kind !== 'string') return undefined;
  if (schema.format === 'uuid') return EXAMPLE_ID;
  if (schema.format === 'date') return '2026-06-30';
  if (schema.format === 'date-time') return '2026-06-30T12:00:00.000Z';
  return 'text';
}
