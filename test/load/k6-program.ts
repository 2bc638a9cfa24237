import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { messageOf, run } from '../setup/run';

const MODULE = 'go.k6.io/k6@latest';
const FOLDER = join(__dirname, '..', '..', '.cache', 'k6');
/** It downloads and compiles a few hundred modules. */
const BUILD_MS = 1_800_000;

/** @returns that of the PATH, or the one that was built here before */
export function installedK6(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), FOLDER];
  return folders.map((folder) => join(folder, 'k6')).find(isExecutable);
}

/** @throws Error with what one can do when there is no k6 and none can be built */
export async function findOrBuildK6(report: (line: string) => void): Promise<string> {
  const installed = installedK6();
  if (installed !== undefined) return installed;
  report(`No k6 on the PATH: building it from its Go module into ${FOLDER} (once, some minutes)`);
  await mkdir(FOLDER, { recursive: true });
  try {
    await run('go', ['install', MODULE], { timeoutMs: BUILD_MS, env: { ...process.env, GOBIN: FOLDER } });
  } catch (error) {
    throw new Error(
      `There is no k6, and it cannot be built here: ${messageOf(error)}\nInstall k6 1.0 or later, or Go, and run this again.`,
      { cause: error },
    );
  }
  return join(FOLDER, 'k6');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
