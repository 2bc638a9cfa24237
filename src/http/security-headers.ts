import type { OutgoingHttpHeaders } from 'node:http';
import helmet from '@fastify/helmet';
import { fastify, type FastifyInstance } from 'fastify';

/** What helmet sets on every answer. It is asked once: the same for all, it would be put together anew for each. */
export async function installSecurityHeaders(server: FastifyInstance): Promise<void> {
  const headers = await headersOfHelmet();
  server.addHook('onRequest', (_request, reply) => {
    reply.headers(headers);
    // As with helmet's own hook, the parser is through what has arrived before anybody answers: else a request whose body
    // does not parse is refused twice, for its headers and for its body.
    return Promise.resolve();
  });
}

async function headersOfHelmet(): Promise<OutgoingHttpHeaders> {
  const server = fastify();
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  server.get('/', (_request, reply) => reply.raw.getHeaders());
  const answer = await server.inject('/');
  await server.close();
  return answer.json<OutgoingHttpHeaders>();
}
