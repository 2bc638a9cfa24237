import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { currentContext } from '../context/request-context';
import { PUBLIC } from '../http/public.decorator';
import { Authentication } from './authentication';

/** Learns from the bearer token who is asking, and for which tenant. Nothing else in a request says either. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(PUBLIC, context.getHandler())) return true;
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    currentContext().actor = await this.authentication.actorOf(authorization);
    return true;
  }
}
