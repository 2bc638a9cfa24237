import { Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { parseOpaqueToken } from '../../context/opaque-token';
import { currentActor, currentContext, runAsActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { Unauthenticated } from '../../errors/http.errors';
import { LoginLimiter } from '../../rate-limit/login-limiter';
import { RbacTags } from '../../rbac/rbac.cache';
import { AuthConfig } from '../auth.config';
import type { LoginResponse } from '../auth.dto';
import { AuthMetrics } from '../auth.metrics';
import { SessionService } from './session.service';
import { END_SESSIONS, EXTEND_SESSION, HOLD_SESSION, REMOVE_OLD_TOKENS, USE_REFRESH_TOKEN } from './session.sql';

type Refusal = 'refused' | 'reused';

interface Held {
  readonly slug: string;
  readonly name: string;
}

/** Exchanges refresh tokens, each of which is good once. */
@Injectable()
export class RefreshService {
  private readonly logger = new Logger(RefreshService.name);

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionService,
    private readonly audit: AuditLog,
    private readonly config: AuthConfig,
    private readonly metrics: AuthMetrics,
    private readonly limiter: LoginLimiter,
  ) {}

  /** @throws Unauthenticated 401, in the same words whatever was wrong; RateLimitExceeded 429 after too many of these */
  refresh(token: string): Promise<LoginResponse> {
    return this.limiter.attempt(null, () => this.tryToRefresh(token));
  }

  private async tryToRefresh(token: string): Promise<LoginResponse> {
    const answer = await this.exchange(token);
    this.metrics.refresh(typeof answer === 'string' ? answer : 'success');
    if (typeof answer === 'string')
      throw new Unauthenticated('The refresh token is not valid, or its session has ended.');
    return answer;
  }

  private async exchange(token: string): Promise<LoginResponse | Refusal> {
    const parsed = parseOpaqueToken('orr', token);
    if (!parsed) return 'refused';
    const { tenantId, id: sessionId, secretHash } = parsed;
    const userId = await this.ownerOf(tenantId, sessionId, secretHash);
    if (userId === undefined) return 'refused';
    return runAsActor({ userId, tenantId, sessionId }, () => this.rotate(sessionId, secretHash));
  }

  /** Whose session it is, when this is or was one of its tokens: nothing is held for who only knows its id. */
  private async ownerOf(tenantId: string, sessionId: string, secretHash: Buffer): Promise<string | undefined> {
    const [row] = await this.database.read(
      (session) =>
        session.query<{ userId: string }>(
          `SELECT s.user_id AS "userId" FROM refresh_tokens r
             JOIN sessions s ON s.tenant_id = r.tenant_id AND s.id = r.session_id
            WHERE r.tenant_id = $1 AND r.secret_hash = $2 AND r.session_id = $3`,
          [session.tenantId, secretHash, sessionId],
        ),
      { tenantId },
    );
    return row?.userId;
  }

  /** For {@link refresh}. The session's row is held first, so that of several at once the others see what the first did. */
  @CacheEvict({ tags: [RbacTags.credential] })
  rotate(sessionId: string, secretHash: Buffer): Promise<LoginResponse | Refusal> {
    const { userId } = currentActor();
    return this.database.transaction(async (tx) => {
      const [session] = await tx.query<Held>(HOLD_SESSION, [tx.tenantId, sessionId]);
      if (!session) return 'refused';
      const used = await tx.query(USE_REFRESH_TOKEN, [tx.tenantId, secretHash, sessionId]);
      if (used.length === 0) return this.endReused(tx, userId, sessionId);
      const { slug, name } = session;
      const tenant = { id: tx.tenantId, slug, name };
      return this.sessions.answer(tx, { userId, sessionId }, tenant, await this.extend(tx, sessionId));
    });
  }

  /** Somebody has it who should not: whether that is who comes first or second, nobody can tell. */
  private async endReused(tx: Transaction, userId: string, sessionId: string): Promise<Refusal> {
    await tx.query(END_SESSIONS, [tx.tenantId, userId, [sessionId]]);
    const entry = { action: 'session.refresh-reuse', resource: 'session', resourceId: sessionId };
    await this.audit.record(tx, { ...entry, outcome: 'DENIED' });
    this.logger.warn(`A refresh token was used twice: session ${sessionId} has ended`);
    return 'reused';
  }

  private async extend(tx: Transaction, sessionId: string): Promise<Date> {
    const { sessionTtlSeconds, sessionIdleSeconds } = this.config;
    const { address = '', userAgent = '' } = currentContext();
    const values = [tx.tenantId, sessionId, sessionTtlSeconds, sessionIdleSeconds, address, userAgent];
    const [extended] = await tx.query<{ expiresAt: Date }>(EXTEND_SESSION, values);
    await tx.query(REMOVE_OLD_TOKENS, [tx.tenantId, sessionId, sessionIdleSeconds]);
    if (!extended) throw new Error('A session that is held is there');
    return extended.expiresAt;
  }
}
