import type { Socket } from 'node:net';
import type { TestRedis } from '../support/redis-server';
import type { Random } from './random';

/** What comes from Redis over a connection: answers to commands, or news of the changes that others make. */
export type Brings = 'answers' | 'news';

/** Chooses, of the sockets of a proxy, one over which Redis brings that; any when there is none. */
export async function chooserOf(
  brings: Brings,
  redis: TestRedis,
  random: Random,
): Promise<(sockets: readonly Socket[]) => Socket> {
  const clients = String(await redis.command('CLIENT', 'LIST')).split('\n');
  const ports = clients.flatMap((client) => {
    const port = /\baddr=[^ ]*:(\d+)/.exec(client)?.[1];
    const bringsNews = /\bcmd=xread\b/i.test(client);
    return port !== undefined && bringsNews === (brings === 'news') ? [Number(port)] : [];
  });
  return (sockets) => {
    const fitting = sockets.filter(
      ({ localPort = 0, remotePort }) => remotePort === redis.port && ports.includes(localPort),
    );
    return random.pick(fitting.length > 0 ? fitting : sockets);
  };
}
