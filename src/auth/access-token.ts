import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { createSigner, createVerifier } from 'fast-jwt';
import { SecretConfig } from '../config/secret.config';
import type { Actor } from '../context/request-context';
import { Unauthenticated } from '../errors/http.errors';
import { AuthConfig } from './auth.config';

interface Claims {
  readonly sub: string;
  readonly tid: string;
  readonly sid: string;
}

/** Somebody who is here with a session. */
type SessionActor = Actor & { readonly sessionId: string };

const rememberedTokens = 10_000;
const rememberedMs = 60_000;

/** Signs and verifies access tokens (JWT, HS256). They carry ids only, no rights. */
@Injectable()
export class AccessTokens {
  private readonly sign: (payload: object) => string;
  private readonly verify: (token: string) => Claims;

  constructor(
    secret: SecretConfig,
    private readonly config: AuthConfig,
  ) {
    const key = secret.key('access-token');
    const { issuer } = config;
    this.sign = createSigner({
      key,
      algorithm: 'HS256',
      header: { alg: 'HS256', typ: 'at+jwt' },
      iss: issuer,
      aud: issuer,
      expiresIn: config.accessTokenTtlSeconds * 1000,
    });
    // "Signature and claims are valid" is remembered, by SHA-256 of the whole token; what it allows never is.
    this.verify = createVerifier({
      key,
      algorithms: ['HS256'],
      checkTyp: 'at+jwt',
      allowedIss: issuer,
      allowedAud: issuer,
      requiredClaims: ['iss', 'aud', 'sub', 'tid', 'sid', 'jti', 'iat', 'exp'],
      cache: rememberedTokens,
      cacheTTL: rememberedMs,
    }) as (token: string) => Claims;
  }

  issue({ userId, tenantId, sessionId }: SessionActor): { token: string; expiresInSeconds: number } {
    const token = this.sign({ sub: userId, tid: tenantId, sid: sessionId, jti: randomUUID() });
    return { token, expiresInSeconds: this.config.accessTokenTtlSeconds };
  }

  /** @throws Unauthenticated 401 for anything but a valid token of ours */
  actorOf(token: string): SessionActor {
    try {
      const { sub, tid, sid } = this.verify(token);
      return { userId: sub, tenantId: tid, sessionId: sid };
    } catch {
      throw new Unauthenticated('The access token is not valid, or has expired.');
    }
  }
}
