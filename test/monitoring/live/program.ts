import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { atTheEnd } from '../../setup/cleanup';

interface ProgramOptions {
  /** Of its log. */
  readonly folder: string;
  /** In which it is started; the same unless given. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program whose output goes to `<name>.log` in the folder; it ends with the run. */
export function startProgram(name: string, program: string, args: readonly string[], options: ProgramOptions): void {
  const { folder, cwd = folder, env = {} } = options;
  const log = createWriteStream(join(folder, `${name}.log`));
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.on('error', (error) => log.write(`${error.message}\n`));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = once(child, 'close').catch(() => undefined);
  atTheEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
}
