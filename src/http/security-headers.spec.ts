import helmet from '@fastify/helmet';
import { fastify, type FastifyInstance } from 'fastify';
import { installSecurityHeaders } from './security-headers';

const policy = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Without when it was. */
async function headersOf(server: FastifyInstance, url: string): Promise<object> {
  const { headers } = await server.inject(url);
  return { ...headers, date: undefined };
}

function withRoutes(server: FastifyInstance): FastifyInstance {
  server.get('/text', () => 'text');
  server.get('/failure', () => {
    throw new Error('failed');
  });
  return server;
}

it('every answer has the headers of helmet, one like the other', async () => {
  const ours = withRoutes(fastify());
  await installSecurityHeaders(ours);
  const theirs = withRoutes(fastify());
  await theirs.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: policy } });
  for (const url of ['/text', '/text', '/failure', '/nowhere']) {
    const expected = await headersOf(theirs, url);
    expect(expected).toMatchObject({ 'content-security-policy': "default-src 'none';frame-ancestors 'none'" });
    expect(await headersOf(ours, url)).toEqual(expected);
  }
});
