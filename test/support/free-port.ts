import { createServer } from 'node:net';

/** Below what systems give to outgoing connections and to whoever asks for any port: nobody takes it by chance. */
const [LOWEST, HIGHEST] = [12_000, 32_000];

let port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));

/** One of 127.0.0.1 that nobody listens on; never the same twice in a row. */
export async function freePort(): Promise<number> {
  for (;;) {
    port = port < HIGHEST ? port + 1 : LOWEST;
    const candidate = port;
    if (await isFree(candidate)) return candidate;
  }
}

function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(candidate, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
