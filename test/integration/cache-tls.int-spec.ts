import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { instanceInOwnProcess, type CacheInstance } from '../support/cache-instance';
import { selfSigned } from '../support/certificate';
import { asTenant, openCache } from '../support/open-cache';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { until } from '../support/until';

const certificate = selfSigned('localhost');
if (!certificate) process.stdout.write('skipped, there is no openssl here: a cache over Redis with TLS\n');

(certificate ? describeWithRedis : describe.skip)('A Redis that speaks TLS', () => {
  let redis: TestRedis;
  let server: Server;
  let url: string;
  let folder: string;
  let refused = 0;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    redis = await startRedis();
    const { port } = new URL(redis.url);
    server = createServer({ ...certificate }, (client) => {
      const behind = connect(Number(port), '127.0.0.1');
      for (const socket of [client, behind]) {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      }
      client.pipe(behind).pipe(client);
    });
    server.on('tlsClientError', () => refused++);
    server.listen(0, 'localhost');
    await once(server, 'listening');
    url = `rediss://localhost:${(server.address() as AddressInfo).port}`;
    folder = await mkdtemp(join(tmpdir(), 'openrisk-tls-'));
    await writeFile(join(folder, 'ca.pem'), certificate?.cert ?? '');
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is shared by processes that know who has signed its certificate', async () => {
    const settings = { REDIS_URL: url, CACHE_DEADLINE_MS: '5000' };
    const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    const instances: CacheInstance[] = await Promise.all([1, 2].map(() => instanceInOwnProcess(settings, env)));
    const [one, other] = instances;
    // Nobody waits until it is stored: it is, when it is read again.
    for (const loaded of ['first', 'never']) {
      await expect(one?.read('a', () => Promise.resolve(loaded))).resolves.toBe('first');
    }
    await expect(other?.read('a', () => Promise.resolve('second'))).resolves.toBe('first');
    await expect(other?.evict('a')).resolves.toMatchObject({ status: 'ok' });
    await expect(one?.read('a', () => Promise.resolve('third'))).resolves.toBe('third');
    await Promise.all(instances.map((instance) => instance.close()));
  });

  it('is told nothing by who does not know that, and answers come without it', async () => {
    const stranger = await openCache({ REDIS_URL: url });
    await until(() => refused > 0);
    const before = await redis.command('DBSIZE');
    const load = () => Promise.resolve('loaded');
    await expect(
      asTenant('one', () => stranger.cache.getOrLoad({ cache: 'asset', key: ['id', 'b'] }, load)),
    ).resolves.toBe('loaded');
    await expect(redis.command('DBSIZE')).resolves.toBe(before);
    await stranger.close();
  });
});
