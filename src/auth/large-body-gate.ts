import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { takesLargeBody } from '../http/body-parser';
import { AccessTokens } from './access-token';

/** Guards run once the body is in memory. Where it may be large, who has no token is refused before it is read. */
@Injectable()
export class LargeBodyGate {
  constructor(private readonly tokens: AccessTokens) {}

  install(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      if (takesLargeBody(request)) this.tokens.bearerOf(request.headers.authorization);
      done();
    });
  }
}
