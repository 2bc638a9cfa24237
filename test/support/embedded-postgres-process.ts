import { startEmbeddedPostgres } from '../../src/start/embedded-postgres';

/** A launcher to be killed: says the URL when Postgres is up, and then does nothing. */
async function run(directory: string): Promise<void> {
  const { adminUrl } = await startEmbeddedPostgres({ directory, onProgress: () => undefined });
  process.send?.(adminUrl);
  // An embedded Postgres keeps no process alive.
  setInterval(() => undefined, 60_000);
}

void run(process.argv[2] ?? '');
