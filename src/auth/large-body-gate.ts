import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { takesLargeBody } from '../http/body-parser';
import { Authentication } from './authentication';

/** Guards run once the body is in memory. Where it may be large, who has no token is refused before it is read. */
@Injectable()
export class LargeBodyGate {
  constructor(private readonly authentication: Authentication) {}

  install(server: FastifyInstance): void {
    server.addHook('onRequest', async (request) => {
      if (takesLargeBody(request)) await this.authentication.actorOf(request.headers.authorization);
    });
  }
}
