import { cleanUp } from './cleanup';

/**
 * Runs what an npm script starts, and stops what it has started. The process exits with 1 when it is not content, with 2
 * when it could not be carried out.
 *
 * @param main resolves to false when something is not as it should be
 */
export function runAsProgram(main: () => Promise<unknown>): void {
  main()
    .then((sound) => {
      if (sound === false) process.exitCode = 1;
    })
    .catch((error: unknown) => {
      process.exitCode = 2;
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    })
    .finally(() => cleanUp());
}
