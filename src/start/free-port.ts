import { createServer } from 'node:net';
import { PortTaken } from '../serve';

/**
 * Asks before the long part of the start whether it could listen in the end.
 *
 * @throws PortTaken, or what else keeps the address from being listened on
 */
export async function assertPortFree(variable: string, port: number, host: string): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTaken(variable, port, host) : error);
    });
    probe.listen(port, host, () => {
      probe.close(() => resolve());
    });
  });
}
