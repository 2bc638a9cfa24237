import { Connection } from '../../src/database/connection';
import { openWrites, type OpenWrite } from './open-write';

export interface CommitWatcher {
  /** Awaited; nothing but COMMIT is left to do. */
  before(write: OpenWrite): Promise<void>;
  /** Before anybody else hears of it. */
  after(write: OpenWrite): void;
}

/** Has a look at the COMMIT of each write of this process, from as near as can be. */
export function watchCommits(watcher: CommitWatcher): void {
  const prototype = Connection.prototype;
  const control = Object.getOwnPropertyDescriptor(prototype, 'control')?.value as Connection['control'];
  prototype.control = async function (this: Connection, text, timeoutMs) {
    const write = text === 'COMMIT' ? openWrites.getStore() : undefined;
    if (!write) return control.call(this, text, timeoutMs);
    await watcher.before(write);
    const answer = await control.call(this, text, timeoutMs);
    if (answer === 'COMMIT') watcher.after(write);
    return answer;
  };
}
