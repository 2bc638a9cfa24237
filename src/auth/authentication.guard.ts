import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { currentContext } from '../context/request-context';
import { PUBLIC } from '../http/public.decorator';
import { AccessTokens } from './access-token';

/** Learns from the bearer token who is asking, and for which tenant. Nothing else in a request says either. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean | undefined>(PUBLIC, context.getHandler())) return true;
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    currentContext().actor = this.tokens.bearerOf(authorization);
    return true;
  }
}
