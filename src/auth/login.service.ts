import { Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log';
import { Database } from '../database/database';
import { Unauthenticated } from '../errors/http.errors';
import { LoginLimiter } from '../rate-limit/login-limiter';
import type { LoginRequest, LoginResponse } from './auth.dto';
import { AuthMetrics } from './auth.metrics';
import { Passwords } from './password';
import { OwnTenantReader } from './sessions/own-tenant.reader';
import { SessionService } from './sessions/session.service';

interface Account {
  readonly id: string;
  readonly passwordHash: string;
}

@Injectable()
export class LoginService {
  private readonly logger = new Logger(LoginService.name);

  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly memberships: OwnTenantReader,
    private readonly sessions: SessionService,
    private readonly audit: AuditLog,
    private readonly metrics: AuthMetrics,
    private readonly limiter: LoginLimiter,
  ) {}

  /** @throws Unauthenticated 401, in the same words whatever was wrong; RateLimitExceeded 429 after too many of these */
  async login(request: LoginRequest): Promise<LoginResponse> {
    const { foldedEmail, account } = await this.find(request.email);
    return this.limiter.attempt(foldedEmail, () => this.tryToLogIn(request, account ?? undefined));
  }

  private async tryToLogIn(
    { password, tenant: slug }: LoginRequest,
    account: Account | undefined,
  ): Promise<LoginResponse> {
    const matches = await this.passwords.matches(account?.passwordHash, password);
    const answer = account && matches ? await this.enter(account, slug) : undefined;
    this.metrics.login(answer ? 'success' : 'failure');
    if (answer) return answer;
    // Not awaited: that there is an account must not show in how long the answer takes.
    if (account) void this.recordFailure(account.id, slug, matches ? 'tenant' : 'password');
    throw new Unauthenticated('E-mail, password or tenant is wrong.');
  }

  private async enter({ id, passwordHash }: Account, slug: string | undefined): Promise<LoginResponse | undefined> {
    const tenantId = await this.memberships.tenantOf(id, slug);
    return tenantId === undefined ? undefined : this.sessions.open(id, tenantId, { passwordHash });
  }

  private async find(email: string): Promise<{ foldedEmail: string; account: Account | null }> {
    const [found] = await this.database.read(
      (session) => session.query<{ foldedEmail: string; account: Account | null }>(FIND_ACCOUNT, [email]),
      {},
    );
    if (!found) throw new Error('A row without a table is always there');
    return found;
  }

  private async recordFailure(userId: string, slug: string | undefined, reason: string): Promise<void> {
    try {
      const tenantId =
        (await this.memberships.tenantOf(userId, slug)) ?? (await this.memberships.tenantOf(userId, undefined));
      if (tenantId === undefined) return;
      const entry = { action: 'session.create', resource: 'user', resourceId: userId, details: { reason } };
      await this.database.transaction((tx) => this.audit.record(tx, { ...entry, outcome: 'FAILURE' }), { tenantId });
    } catch (error) {
      this.logger.warn(`A failed login was not written down: ${String(error)}`);
    }
  }
}

/** One row, also for an unknown account. */
const FIND_ACCOUNT = `
  SELECT lower($1) AS "foldedEmail",
         (SELECT json_build_object('id', id, 'passwordHash', password_hash)
            FROM users WHERE lower(email) = lower($1) AND status = 'ACTIVE') AS account`;
