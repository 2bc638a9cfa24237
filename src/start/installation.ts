import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** How to reach the instance that runs on this machine, for the commands that talk to it. */
export interface RunningInstance {
  readonly pid: number;
  readonly url: string;
  /** As the application connects: with a password, so the file is for its owner only. */
  readonly databaseUrl?: string;
}

/** What `npm start` keeps between runs: a git-ignored folder with secrets that only their owner may read. */
export class Installation {
  private constructor(readonly directory: string) {}

  /** @param directory `OPENRISK_HOME`, else `.openrisk` in the folder of the project */
  static async open(directory: string | undefined): Promise<Installation> {
    const path = resolve(directory ?? join(__dirname, '..', '..', '.openrisk'));
    await mkdir(path, { recursive: true, mode: 0o755 });
    return new Installation(path);
  }

  /** The same text every time; made by chance the first time. */
  async secret(name: 'secret' | 'demo-password', bytes: number): Promise<string> {
    const file = join(this.directory, name);
    const fresh = randomBytes(bytes).toString('base64url');
    try {
      await writeFile(file, `${fresh}\n`, { flag: 'wx', mode: 0o600 });
      return fresh;
    } catch {
      return (await readFile(file, 'utf8')).trim();
    }
  }

  async rememberInstance(instance: RunningInstance): Promise<void> {
    await writeFile(join(this.directory, 'running.json'), JSON.stringify(instance), { mode: 0o600 });
  }

  async forgetInstance(): Promise<void> {
    await rm(join(this.directory, 'running.json'), { force: true });
  }

  /** Undefined when none was started here, or it has ended without saying so. */
  async runningInstance(): Promise<RunningInstance | undefined> {
    const text = await readFile(join(this.directory, 'running.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const instance = JSON.parse(text) as RunningInstance;
    try {
      process.kill(instance.pid, 0);
      return instance;
    } catch {
      return undefined;
    }
  }
}
