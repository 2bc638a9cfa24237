import type { Reach, Rights } from '../context/rights';
import { allPermissions, SCOPES, type Grants, type Permission, type Scope } from './permission';

const numberOf: ReadonlyMap<string, number> = new Map(allPermissions.map((permission, number) => [permission, number]));

/** Whose rights, as far as `own` and `team` need to know. */
export interface Person {
  readonly userId: string;
  /** Everybody who is in a team with them. */
  readonly teamMateIds: readonly string[];
}

/** Somebody's rights, compiled once and asked often: a bit per permission there is, and how far each reaches. */
export class Authorization implements Rights {
  private readonly bits = new Uint32Array(Math.ceil(allPermissions.length / 32));
  private readonly widths = new Uint8Array(allPermissions.length);
  private readonly reaches: Readonly<Record<Scope, Reach>>;

  constructor(
    readonly grants: Grants,
    { userId, teamMateIds }: Person,
  ) {
    for (const [permission, scope] of grants) {
      const number = numberOf.get(permission);
      if (number === undefined) continue;
      this.bits[number >>> 5] = (this.bits[number >>> 5] ?? 0) | (1 << (number & 31));
      this.widths[number] = SCOPES.indexOf(scope);
    }
    const team = [...new Set([userId, ...teamMateIds])].sort();
    this.reaches = { own: [userId], team, tenant: 'tenant' };
  }

  allows(permission: string): boolean {
    const number = numberOf.get(permission);
    return number !== undefined && ((this.bits[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0;
  }

  /** Undefined without the permission. */
  scopeOf(permission: Permission): Scope | undefined {
    return this.allows(permission) ? SCOPES[this.widths[numberOf.get(permission) ?? -1] ?? -1] : undefined;
  }

  reachOf(permission: Permission): Reach | undefined {
    const scope = this.scopeOf(permission);
    return scope && this.reaches[scope];
  }
}
