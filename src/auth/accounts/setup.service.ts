import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hashOfSecret } from '../../context/opaque-token';
import { Database } from '../../database/database';
import type { ReadSession, Transaction } from '../../database/session';
import { NotFound, Unauthenticated } from '../../errors/http.errors';
import { LoginLimiter } from '../../rate-limit/login-limiter';
import type { LoginResponse } from '../auth.dto';
import type { NewOwner, SetupRequest } from './account.dto';
import { NewOwners } from './new-owner';

/** Any number, as long as it is always the same: who sets an installation up comes one after the other. */
const SETUP_LOCK = 7_203_114_004;

/** Makes the first tenant and its Admin, for who can read what the process printed. */
@Injectable()
export class SetupService {
  constructor(
    private readonly database: Database,
    private readonly owners: NewOwners,
    private readonly limiter: LoginLimiter,
  ) {}

  /**
   * For the boot: a token that is good for an hour. Each instance has one of its own; the first that is used ends all.
   *
   * @returns undefined when there is a tenant
   */
  issueToken(): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      await tx.query('DELETE FROM setup_tokens WHERE expires_at < now()');
      if (await hasTenant(tx)) return undefined;
      const token = `ors_${randomBytes(32).toString('base64url')}`;
      await tx.query(`INSERT INTO setup_tokens (secret_hash, expires_at) VALUES ($1, now() + interval '1 hour')`, [
        hashOfSecret(token),
      ]);
      return token;
    }, {});
  }

  /**
   * @throws NotFound 404 once there is a tenant, Unauthenticated 401 for a token that is wrong or over, and as
   *   {@link NewOwners.make}
   */
  async setUp({ token, ...owner }: SetupRequest): Promise<LoginResponse> {
    const isDone = await this.database.read((session) => hasTenant(session), {});
    if (isDone) throw new NotFound('resource');
    return this.limiter.attempt(null, async () => {
      // First without the lock: a password is hashed only for who has a token.
      await this.database.transaction((tx) => assertToken(tx, token), {});
      return this.make(owner, token);
    });
  }

  private make(owner: NewOwner, token: string): Promise<LoginResponse> {
    return this.owners.make(owner, 'tenant.setup', async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [SETUP_LOCK]);
      if (await hasTenant(tx)) throw new NotFound('resource');
      await assertToken(tx, token);
      await tx.query('DELETE FROM setup_tokens');
    });
  }
}

async function hasTenant(session: Pick<ReadSession, 'query'>): Promise<boolean> {
  return (await session.query('SELECT 1 FROM tenant_directory LIMIT 1')).length > 0;
}

async function assertToken(tx: Transaction, token: string): Promise<void> {
  const [found] = await tx.query('SELECT 1 FROM setup_tokens WHERE secret_hash = $1 AND expires_at > now()', [
    hashOfSecret(token),
  ]);
  // Who won meanwhile has ended all tokens by it.
  if (!found && (await hasTenant(tx))) throw new NotFound('resource');
  if (!found) throw new Unauthenticated('The setup token is wrong or has expired: the next boot prints a new one.');
}
