import { Injectable } from '@nestjs/common';
import type { Actor } from '../context/request-context';
import { Unauthenticated } from '../errors/http.errors';
import { AccessTokens } from './access-token';
import { ApiTokenAuthentication } from './api-tokens/api-token.authentication';

const BEARER = /^Bearer ([\w.~+/=-]{1,4096})$/i;

/** Says who a request is from. Whether its session or API token is still good is part of every decision in rbac. */
@Injectable()
export class Authentication {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly apiTokens: ApiTokenAuthentication,
  ) {}

  /**
   * @param authorization the header as it came
   * @throws Unauthenticated 401 without a valid bearer token
   */
  async actorOf(authorization: string | undefined): Promise<Actor> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Unauthenticated();
    return token.startsWith('ork_') ? this.apiTokens.actorOf(token) : this.accessTokens.actorOf(token);
  }
}
