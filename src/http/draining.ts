import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/**
 * The time between SIGTERM and the end of listening: everything is answered, but whoever asks whether this process is
 * ready hears that it is not, and every answer is the last one of its connection. A server that simply closes its idle
 * connections loses the requests that are on their way over them.
 */
@Injectable()
export class Draining {
  private begun = false;

  get hasBegun(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }

  install(server: FastifyInstance): void {
    server.addHook('onRequest', (_request, reply, done) => {
      if (this.begun) reply.header('connection', 'close');
      done();
    });
  }
}
