import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface Watchdog {
  /** Call it when the watched thing has ended in the ordinary way. */
  dismiss(): void;
}

/**
 * Runs a POSIX shell script once this process is gone, however it went: the watchdog reads from a pipe that the kernel
 * closes even after SIGKILL. It has a session of its own, so Ctrl-C does not reach it.
 * @param script sees `args` as `$1`, `$2`, ...
 */
export function runAfterOurDeath(script: string, args: readonly string[]): Watchdog {
  const shell = spawn('/bin/sh', ['-c', `read _\n${script}`, 'openrisk-watchdog', ...args], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell we lose a convenience only: the next start cleans up as well.
  shell.on('error', () => undefined);
  shell.unref();
  const { stdin } = shell;
  stdin.on('error', () => undefined);
  if (stdin instanceof Socket) stdin.unref();
  return { dismiss: () => void shell.kill('SIGKILL') };
}
