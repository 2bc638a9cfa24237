import { Injectable } from '@nestjs/common';
import { Unauthenticated } from '../errors/http.errors';
import { Database } from '../database/database';
import { AccessTokens } from './access-token';
import type { LoginRequest, LoginResponse } from './auth.dto';
import { Passwords } from './password';

interface Account {
  readonly id: string;
  readonly passwordHash: string;
}

interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

@Injectable()
export class LoginService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly tokens: AccessTokens,
  ) {}

  /** @throws Unauthenticated 401, in the same words whatever was wrong */
  async login({ email, password, tenant: slug }: LoginRequest): Promise<LoginResponse> {
    const account = await this.activeAccount(email);
    const matches = await this.passwords.matches(account?.passwordHash, password);
    const tenant = account && matches ? await this.tenantOf(account.id, slug) : undefined;
    if (!account || !tenant) throw new Unauthenticated('E-mail, password or tenant is wrong.');
    const { token, expiresInSeconds } = this.tokens.issue({ userId: account.id, tenantId: tenant.id });
    return { accessToken: token, tokenType: 'Bearer', expiresIn: expiresInSeconds, tenant };
  }

  private async activeAccount(email: string): Promise<Account | undefined> {
    const [account] = await this.database.read(
      (session) =>
        session.query<Account>(
          `SELECT id, password_hash AS "passwordHash" FROM users WHERE lower(email) = lower($1) AND status = 'ACTIVE'`,
          [email],
        ),
      {},
    );
    return account;
  }

  private async tenantOf(userId: string, slug: string | undefined): Promise<Tenant | undefined> {
    const [tenant] = await this.database.read(
      (session) =>
        session.query<Tenant>(
          `SELECT t.id, t.slug, t.name
             FROM memberships m
             JOIN tenants t ON t.id = m.tenant_id
            WHERE m.user_id = $1 AND t.status = 'ACTIVE' AND ($2::text IS NULL OR t.slug = $2)
            ORDER BY m.created_at, t.id
            LIMIT 1`,
          [userId, slug ?? null],
        ),
      { userId },
    );
    return tenant;
  }
}
