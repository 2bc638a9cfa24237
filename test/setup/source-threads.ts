import { join } from 'node:path';
import threads, { type WorkerOptions } from 'node:worker_threads';

const execArgv = ['-r', join(__dirname, '..', 'support', 'swc-register.cjs')];

/** Threads of the product run from its sources in tests, as the product itself does: they need the same compiler. */
class SourceWorker extends threads.Worker {
  constructor(file: string | URL, options: WorkerOptions = {}) {
    super(file, String(file).endsWith('.ts') ? { ...options, execArgv } : options);
  }
}

// The module is one for all suites of a process.
if (threads.Worker.name !== SourceWorker.name) threads.Worker = SourceWorker;
