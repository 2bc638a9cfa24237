import { randomUUID } from 'node:crypto';
import type { Random } from '../history/random';
import { canaryOf } from '../support/canaries';
import { pathOf, type Operation } from '../support/operations';
import type { TestTenant } from '../support/test-app';
import { changes, ends, type Words } from './changes';
import { isRoom, type Known, type Room } from './ids';
import type { Sent } from './keep-alive-client';
import type { Person } from './people';
import { randomQuery } from './reads';
import type { Watch } from './watch';

export interface Probe extends Sent {
  readonly operation: Operation;
  readonly person: Person;
  /** Whether a path names what only the other tenant has: there is no good answer to that. */
  readonly isAimed: boolean;
}

/** Something of an answer to try again, by whoever. */
export interface Found {
  readonly operation: Operation;
  readonly path: string;
  readonly etag?: string;
}

export interface Share {
  readonly changes: number;
  readonly ids: ReadonlyMap<TestTenant, ReadonlyMap<Room, Known>>;
}

const AGAIN = 0.4;
/** Few enough to be asked for again while caches still know them. */
const MOST_FOUND = 24;

/** Makes up requests: any read there is, with any parameters and ids of both tenants, and some changes. */
export class Requests {
  private readonly reads: readonly Operation[];
  private readonly changing: readonly Operation[];
  private readonly ending: readonly Operation[];
  private readonly found: Found[] = [];
  private count = 0;

  constructor(
    operations: readonly Operation[],
    private readonly random: Random,
    private readonly watch: Watch,
    private readonly share: Share,
  ) {
    const named = (table: object) => (operation: Operation) =>
      Object.hasOwn(table, operation.described.operationId ?? '');
    this.reads = operations.filter(({ method }) => method === 'GET');
    this.changing = operations.filter(named(changes));
    this.ending = operations.filter(named(ends));
    const unknown = Object.keys({ ...changes, ...ends }).filter(
      (name) => !operations.some(({ described }) => described.operationId === name),
    );
    if (unknown.length > 0) throw new Error(`There is no such operation: ${unknown.join()}`);
  }

  /** Another page, or something that was there a moment ago. */
  note(found: Found): void {
    if (isWrittenDown(found.operation)) return;
    if (this.found.length < MOST_FOUND) this.found.push(found);
    else this.found[Math.floor(this.random.next() * MOST_FOUND)] = found;
  }

  next(person: Person): Probe {
    const { random } = this;
    if (random.chance(this.share.changes)) return random.chance(0.2) ? this.end(person) : this.change(person);
    if (this.found.length > 0 && random.chance(AGAIN)) return this.again(person);
    const operation = random.pick(this.reads);
    const words = ['shared', 'canary', 'shard', canaryOf(person.tenant)];
    const query = randomQuery(operation, {
      random,
      texts: isWrittenDown(operation) ? words : [...words, canaryOf(this.watch.other(person.tenant))],
      some: (room) => this.idIn(room, person.tenant),
    });
    return this.request(person, operation, { query });
  }

  private again(person: Person): Probe {
    const { operation, path, etag } = this.random.pick(this.found);
    const isKnown = etag !== undefined && this.random.chance(0.3);
    const headers = { authorization: `Bearer ${person.token}`, ...(isKnown && { 'if-none-match': etag }) };
    const isAimed = this.isTheirs(path, person.tenant);
    return { operation, person, isAimed, method: 'GET', path, body: undefined, headers };
  }

  private change(person: Person): Probe {
    const operation = this.random.pick(this.changing);
    const body = changes[operation.described.operationId ?? '']?.(this.words(person));
    return this.request(person, operation, { body });
  }

  private end(person: Person): Probe {
    const operation = this.random.pick(this.ending);
    const body = ends[operation.described.operationId ?? '']?.(this.words(person));
    return this.request(person, operation, { body, aim: true });
  }

  private words(person: Person): Words {
    const { random } = this;
    return {
      random,
      canary: canaryOf(person.tenant),
      unique: () => `${(this.count++).toString(36)}-${Math.floor(random.next() * 1e9).toString(36)}`,
      some: (room) => this.idIn(room, person.tenant),
    };
  }

  private request(
    person: Person,
    operation: Operation,
    { query = '', body, aim = false }: { query?: string; body?: object | string | undefined; aim?: boolean },
  ): Probe {
    const room = operation.path.split('/').find(isRoom);
    const ids: Record<string, string> = {};
    for (const [, name = ''] of operation.path.matchAll(/\{(\w+)\}/g)) {
      const roomOfId = name === 'userId' ? 'users' : room;
      if (name === 'permission' || roomOfId === undefined) continue;
      ids[name] = aim ? this.aimedAt(roomOfId, person.tenant) : this.idIn(roomOfId, person.tenant);
    }
    const type = body === undefined ? undefined : typeof body === 'string' ? 'text/csv' : 'application/json';
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const path = pathOf(operation, ids);
    return {
      ...{ operation, person, method: operation.method, path: `${path}${query && `?${query}`}`, body: text },
      isAimed: this.isTheirs(path, person.tenant),
      headers: {
        authorization: `Bearer ${person.token}`,
        ...(type !== undefined && { 'content-type': type }),
        ...(text !== undefined && { 'content-length': String(Buffer.byteLength(text)) }),
        ...('If-Match' in operation.headers && { 'if-match': '*' }),
      },
    };
  }

  /** Whether a path, not its query, names what only the other tenant has. */
  private isTheirs(path: string, tenant: TestTenant): boolean {
    return this.watch.foreignIn(path.replace(/\?.*/, ''), tenant).length > 0;
  }

  private idIn(room: Room, tenant: TestTenant): string {
    const { random } = this;
    if (random.chance(0.25)) return this.aimedAt(room, tenant);
    const mine = this.share.ids.get(tenant)?.get(room)?.mine ?? [];
    return mine.length === 0 || random.chance(0.03) ? randomUUID() : random.pick(mine);
  }

  private aimedAt(room: Room, tenant: TestTenant): string {
    const theirs = this.share.ids.get(this.watch.other(tenant))?.get(room)?.aimedAt ?? [];
    return theirs.length === 0 ? randomUUID() : this.random.pick(theirs);
  }
}

/** An export leaves what it was asked for in the audit log: there the other's canary would be an echo. */
function isWrittenDown({ described }: Operation): boolean {
  return described.operationId === 'exportAuditLogs';
}
