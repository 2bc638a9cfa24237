import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './until';

const root = join(__dirname, '..', '..');

/** One of the product's commands, in a process of its own. */
export interface ProductProcess {
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** @throws Error when it ends, or says nothing of the kind in time */
  untilPrinted(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Its exit code. */
  ended(): Promise<number | null>;
}

/**
 * Runs a command as `npm start` and `npm run import` do, without the build: from the sources.
 *
 * @param command a file of src/start, without its ending
 * @param env the whole environment, besides PATH
 */
export function runProduct(
  command: 'start' | 'import' | 'verify-audit' | 'rotate-secrets' | 'verify',
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ProductProcess {
  const register = join(root, 'test', 'support', 'swc-register.cjs');
  return runNode(['-r', register, join(root, 'src', 'start', `${command}.ts`), ...args], env);
}

/** The same for one that is built. */
export function runNode(args: readonly string[], env: Readonly<Record<string, string>>): ProductProcess {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  child.stderr.on('data', (text: Buffer) => (printed += text.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    output: () => printed,
    ended: () => exited,
    untilPrinted: async (pattern, timeoutMs = 180_000) => {
      await until(() => pattern.test(printed) || child.exitCode !== null, timeoutMs);
      const match = pattern.exec(printed);
      if (!match) throw new Error(`It ended with ${child.exitCode} and never printed ${pattern.source}:\n${printed}`);
      return match;
    },
  };
}
