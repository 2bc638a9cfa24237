import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Fault } from './fault';

const root = resolve(__dirname, '../..');
const LONGEST_RUN_MS = 300_000;

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  /** Name of the first test that failed. */
  readonly first: string;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A copy of the sources in which guards can be broken while others work. */
export class Workshop {
  private constructor(private readonly directory: string) {}

  static async open(): Promise<Workshop> {
    const directory = await mkdtemp(join(tmpdir(), 'openrisk-faults-'));
    for (const name of ['src', 'test', 'docs', 'package.json', 'jest.config.js', 'tsconfig.json', '.swcrc']) {
      await cp(join(root, name), join(directory, name), { recursive: true });
    }
    for (const name of ['node_modules', '.cache']) await symlink(join(root, name), join(directory, name));
    return new Workshop(directory);
  }

  /** @throws Error when the fault does not fit the file */
  async withFault<T>({ name, file, find, replace }: Fault, work: () => Promise<T>): Promise<T> {
    const path = join(this.directory, file);
    const source = await readFile(path, 'utf8');
    const places = source.split(find).length - 1;
    if (places !== 1) throw new Error(`Fault "${name}": its text occurs ${places} times in ${file}, not once`);
    await writeFile(
      path,
      source.replace(find, () => replace),
    );
    try {
      return await work();
    } finally {
      await writeFile(path, source);
    }
  }

  /** @throws Error when a spec, or a test by that name, does not even run: that says nothing about a fault */
  async test({ caughtBy: specs, tests }: Pick<Fault, 'caughtBy' | 'tests'>): Promise<Verdict> {
    const reportFile = join(this.directory, 'report.json');
    await rm(reportFile, { force: true });
    const only = tests === undefined ? [] : ['-t', tests];
    const output = await this.jest([...specs, ...only, '--json', `--outputFile=${reportFile}`, '--silent']);
    const report = JSON.parse(await readFile(reportFile, 'utf8').catch(() => 'null')) as JestReport | null;
    if (!report) throw new Error(`jest ${specs.join(' ')} made no report:\n${output}`);
    const failed = report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .find(({ status }) => status === 'failed');
    // A spec whose test has failed may also be unable to tidy up.
    if (report.numRuntimeErrorTestSuites > 0 && !failed) {
      throw new Error(`Specs did not run:\n${report.testResults.map(({ message }) => message).join('\n')}`);
    }
    if (report.numPassedTests + report.numFailedTests === 0) {
      throw new Error(`No test of ${specs.join()} is called ${tests ?? 'anything'}`);
    }
    return { passed: report.numPassedTests, failed: report.numFailedTests, first: failed?.fullName ?? '' };
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  private jest(args: readonly string[]): Promise<string> {
    return new Promise((done, fail) => {
      const jest = join(root, 'node_modules/jest/bin/jest.js');
      const child = spawn(process.execPath, [jest, ...args], { cwd: this.directory, timeout: LONGEST_RUN_MS });
      const output: Buffer[] = [];
      child.stdout.on('data', (data: Buffer) => output.push(data));
      child.stderr.on('data', (data: Buffer) => output.push(data));
      child.on('error', fail);
      child.on('close', () => done(Buffer.concat(output).toString()));
    });
  }
}
