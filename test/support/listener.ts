import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Something that listens and counts who comes. */
export interface Listener {
  readonly port: number;
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function openListener(
  host = '127.0.0.1',
  port = 0,
  heard: (socket: Socket) => void = (socket) => socket.destroy(),
): Promise<Listener> {
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => undefined);
    heard(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
