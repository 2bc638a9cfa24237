import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { runAsActor, type Actor } from '../../context/request-context';
import { isSameSecret, parseOpaqueToken } from '../../context/opaque-token';
import { Unauthenticated } from '../../errors/http.errors';
import { ApiTokenReader } from './api-token.reader';
import { ApiTokenUse } from './api-token-use';

/** Until its row is read nobody knows whose token it is. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

const MOST_PROVEN = 10_000;

/** Takes an API token for whom it belongs to. That it is revoked or expired is found where rights are decided. */
@Injectable()
export class ApiTokenAuthentication {
  /** Tokens that were right once: what somebody makes up must leave nothing in the cache, not even an empty place. */
  private readonly proven = new LRUCache<string, true>({ max: MOST_PROVEN });

  constructor(
    private readonly reader: ApiTokenReader,
    private readonly use: ApiTokenUse,
  ) {}

  /** @throws Unauthenticated 401 for anything but a token of ours */
  async actorOf(token: string): Promise<Actor> {
    const { tenantId, id, secretHash } = parseOpaqueToken('ork', token) ?? refuse();
    const stored = await runAsActor({ userId: NOBODY, tenantId }, () =>
      this.proven.has(id) ? this.reader.stored(id) : this.reader.find(id),
    );
    if (!stored || !isSameSecret(Buffer.from(stored.secretHash, 'hex'), secretHash)) return refuse();
    this.proven.set(id, true);
    this.use.note(tenantId, id);
    return { userId: stored.userId, tenantId, apiTokenId: id };
  }
}

function refuse(): never {
  throw new Unauthenticated('The API token is not valid.');
}
