import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface RunOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The standard output of a program that has until `timeoutMs` to end.
 * @throws Error with the last line that it complained with
 */
export async function run(
  program: string,
  args: readonly string[],
  { timeoutMs, ...options }: RunOptions,
): Promise<string> {
  try {
    const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
    const { stdout } = await promisify(execFile)(program, args, { ...options, ...limits });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.slice(-2).join(' ')}: ${complaintIn(error, timeoutMs)}`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function complaintIn(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if ('killed' in error && error.killed === true) return `gave no answer within ${timeoutMs / 1_000} s`;
  if ('code' in error && error.code === 'ENOENT') return 'not installed';
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return stderr.split('\n').at(-1) || error.message;
}
