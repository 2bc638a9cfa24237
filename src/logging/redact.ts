import { stdSerializers } from 'pino';

const secret = /^(authorization|cookie|setcookie|password\w*|\w*token|\w*secret|apikey)$/i;
/** What Postgres and its driver quote from rows and parameters. */
const quoted = new Set(['detail', 'where', 'parameters', 'internalQuery', 'driverError']);
const deepest = 6;

/** A copy of what is about to be logged, without tokens, passwords and, in errors, without values of rows. */
export function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return copy(fields, 0) as Record<string, unknown>;
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return '[too deep]';
  if (value instanceof Error) return withoutQuotes(copy({ ...stdSerializers.err(value) }, depth) as object);
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
  if ('toJSON' in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, isSecret(name) ? '[redacted]' : copy(item, depth + 1)]),
  );
}

function withoutQuotes(error: object): object {
  return Object.fromEntries(Object.entries(error).filter(([name]) => !quoted.has(name)));
}

function isSecret(name: string): boolean {
  return secret.test(name.replaceAll(/[-_]/g, ''));
}
