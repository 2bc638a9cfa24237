import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { Cache } from '../../cache/cache';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { tagsAmong } from '../../cache/tag-list';
import { currentActor, currentContext, runAsActor } from '../../context/request-context';
import { makeOpaqueToken } from '../../context/opaque-token';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import { RbacTags } from '../../rbac/rbac.cache';
import { AccessTokens } from '../access-token';
import { AuthConfig } from '../auth.config';
import type { LoginResponse } from '../auth.dto';
import { SessionReader } from './session.reader';
import {
  END_SESSIONS,
  END_SURPLUS,
  INSERT_REFRESH_TOKEN,
  OPEN_SESSION,
  RAISE_EPOCH,
  REMOVE_ENDED_SESSIONS,
} from './session.sql';

/** Live ones of a user in a tenant: whoever logs in for each request must not make work for who ends them all. */
const MOST_SESSIONS = 100;

/** What a session is opened with; none is opened when that is no longer good. */
interface Proof {
  /** The hash that a password matched. */
  readonly passwordHash?: string;
  /** Of the session that this one follows. */
  readonly epoch?: number;
}

interface Ended {
  readonly id: string;
  readonly epoch: number;
}

interface Opened {
  readonly slug: string;
  readonly name: string;
  readonly expiresAt: Date;
}

/** Opens sessions and ends them: each belongs to one tenant, and everything it is asked for ends with it. */
@Injectable()
export class SessionService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
    private readonly config: AuthConfig,
    private readonly tokens: AccessTokens,
    private readonly reader: SessionReader,
    private readonly cache: Cache,
  ) {}

  /** @returns undefined when the user may not enter the tenant (any more), has a new password, or has ended all sessions */
  open(userId: string, tenantId: string, proof: Proof = {}): Promise<LoginResponse | undefined> {
    const sessionId = uuidv7();
    const { address = '', userAgent = '' } = currentContext();
    const { sessionTtlSeconds, sessionIdleSeconds } = this.config;
    const ttlSeconds = Math.min(sessionTtlSeconds, sessionIdleSeconds);
    return runAsActor({ userId, tenantId, sessionId }, () =>
      this.database.transaction(async (tx) => {
        const values = [tenantId, sessionId, userId, address, userAgent, ttlSeconds];
        const { passwordHash = null, epoch = null } = proof;
        const [opened] = await tx.query<Opened>(OPEN_SESSION, [...values, passwordHash, epoch]);
        if (!opened) return undefined;
        await tx.query(REMOVE_ENDED_SESSIONS, [tenantId, userId]);
        const surplus = await tx.query(END_SURPLUS, [tenantId, userId, MOST_SESSIONS]);
        if (surplus.length > 0) await this.cache.evict({ tags: [RbacTags.member(userId)] });
        await this.audit.record(tx, { action: 'session.create', resource: 'session', resourceId: sessionId });
        const { slug, name, expiresAt } = opened;
        return this.answer(tx, { userId, sessionId }, { id: tenantId, slug, name }, expiresAt);
      }),
    );
  }

  /** A fresh access token and a fresh refresh token of a session. */
  async answer(
    tx: Transaction,
    { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
    tenant: LoginResponse['tenant'],
    sessionExpiresAt: Date,
  ): Promise<LoginResponse> {
    const refresh = makeOpaqueToken('orr', tx.tenantId, sessionId);
    await tx.query(INSERT_REFRESH_TOKEN, [tx.tenantId, refresh.secretHash, sessionId]);
    const access = this.tokens.issue({ userId, tenantId: tx.tenantId, sessionId });
    return {
      accessToken: access.token,
      tokenType: 'Bearer',
      expiresIn: access.expiresInSeconds,
      refreshToken: refresh.token,
      sessionExpiresAt: sessionExpiresAt.toISOString(),
      tenant,
    };
  }

  /** Ends the session that the request came with. @returns undefined when somebody else has ended it just now */
  async endCurrent(): Promise<Ended | undefined> {
    const { sessionId = '' } = currentActor();
    const [ended] = await this.endInTenant([sessionId]);
    return ended;
  }

  /** Ends one of the caller's sessions, in whichever of their tenants. @throws NotFound 404 */
  async end(id: string): Promise<void> {
    const own = await this.reader.live(currentActor().userId);
    const session = own.find((live) => live.id === id);
    if (!session || (await this.endIn(session.tenantId, [id])).length === 0) throw new NotFound('session');
  }

  /**
   * Ends all of the caller's sessions, in every tenant, but the one that the request came with. The epoch first: one that
   * switches to another tenant at this moment has opened its next session by then, and that is found, or opens none.
   */
  async endOthers(): Promise<void> {
    const { userId, tenantId, sessionId } = currentActor();
    await this.database.transaction((tx) => tx.query(RAISE_EPOCH, [tenantId, sessionId, userId]));
    const idsByTenant = new Map<string, string[]>();
    for (const live of await this.reader.live(userId)) {
      if (live.id === sessionId && live.tenantId === tenantId) continue;
      idsByTenant.set(live.tenantId, [...(idsByTenant.get(live.tenantId) ?? []), live.id]);
    }
    for (const [tenant, ids] of idsByTenant) await this.endIn(tenant, ids);
  }

  private endIn(tenantId: string, ids: readonly string[]): Promise<Ended[]> {
    return runAsActor({ ...currentActor(), tenantId }, () => this.endInTenant(ids));
  }

  /** In the tenant of the context, whose caches are told. @returns those that were still live */
  @CacheEvict({ tags: tagsAmong([RbacTags.credential], (ids: readonly string[]) => ids.map(RbacTags.credential)) })
  endInTenant(ids: readonly string[]): Promise<Ended[]> {
    return this.database.transaction(async (tx) => {
      const ended = await tx.query<Ended>(END_SESSIONS, [tx.tenantId, currentActor().userId, ids]);
      const entries = ended.map(({ id }) => ({ action: 'session.revoke', resource: 'session', resourceId: id }));
      if (entries.length > 0) await this.audit.record(tx, ...entries);
      return ended;
    });
  }
}
