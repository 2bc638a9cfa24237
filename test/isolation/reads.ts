import type { Random } from '../history/random';
import type { Operation } from '../support/operations';
import type { Room } from './ids';

interface ValueSchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: ValueSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly example?: unknown;
}

/** What the values of parameters are chosen from. */
export interface Values {
  readonly random: Random;
  /** Of both tenants, and words that both have. */
  readonly texts: readonly string[];
  readonly some: (room: Room) => string;
}

const SORTS = ['title', '-score', 'createdAt', '-updatedAt', 'dueDate,title', 'impact'];
const DAYS = ['2020-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2999-01-01T00:00:00Z'];
/** In which room an id of that name is at home. */
const ROOMS: Readonly<Record<string, Room>> = {
  ...{ actor: 'users', userId: 'users', ownerId: 'users', assigneeId: 'users' },
  ...{ role: 'roles', team: 'teams', resourceId: 'risks', riskId: 'risks' },
};
/** Some each time, so that answers are found in caches as well. */
const CHANCE = 0.12;

/** A query of valid values for random parameters of an operation. */
export function randomQuery({ described }: Operation, values: Values): string {
  const query = new URLSearchParams();
  const { random } = values;
  for (const { name, in: place, required, schema } of described.parameters ?? []) {
    if (place !== 'query' || name === 'cursor') continue;
    if (!required && !random.chance(CHANCE)) continue;
    query.set(name, valueOf(name, (schema ?? {}) as ValueSchema, values));
  }
  // The whole log of thousands of changes would be all there is time for.
  if (described.operationId === 'exportAuditLogs') {
    query.set('action', random.pick(['canary*', 'tenant.*', 'role.*']));
    query.set('to', new Date(Date.now() - random.pick([0, 60_000])).toISOString());
    query.delete('outcome');
  }
  // What is packed nobody can look through.
  if (described.operationId === 'exportRisks') query.set('format', random.pick(['csv', 'json', 'oscal']));
  return query.toString();
}

function valueOf(name: string, schema: ValueSchema, values: Values): string {
  const { random, texts, some } = values;
  const room = ROOMS[name];
  if (room !== undefined) return some(room);
  if (schema.type === 'array') return valueOf(name, schema.items ?? {}, values);
  if (schema.enum) return random.pick(schema.enum);
  if (schema.type === 'boolean') return random.pick(['true', 'false']);
  if (name === 'limit') return random.pick(['1', '3', '20', '50']);
  if (name === 'days') return random.pick(['7', '30']);
  if (schema.type === 'integer' || schema.type === 'number') {
    const from = schema.minimum ?? 0;
    return String(from + Math.floor(random.next() * Math.min(3, (schema.maximum ?? from + 3) - from)));
  }
  if (schema.format === 'date-time') return random.pick(DAYS);
  if (name === 'sort') return random.pick(SORTS);
  if (name === 'action') return random.pick(['canary*', 'risk.*', 'role.create', 'tenant.*']);
  if (name === 'resource') return random.pick(['risk', 'role', 'team', ...texts]);
  return random.pick(texts);
}
