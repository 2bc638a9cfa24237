type Step = () => Promise<unknown>;

const steps: Step[] = [];

/** What is started is stopped: in the reverse order, at the end of the run or when its setup fails. */
export function atTheEnd(step: Step): void {
  steps.push(step);
}

let running: Promise<void> | undefined;

/** A step that fails does not keep the others from running; the first failure is thrown at the end. */
export function cleanUp(): Promise<void> {
  // Ctrl-C makes the setup fail, which then wants to clean up as well: it has to wait for the one that is at it.
  return (running ??= takeSteps().finally(() => (running = undefined)));
}

async function takeSteps(): Promise<void> {
  const failures: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    await step().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** Jest runs no teardown after Ctrl-C. */
export function cleanUpOnSignals(): void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals): void => {
    const end = (): void => {
      for (const each of signals) process.off(each, onSignal);
      process.kill(process.pid, signal);
    };
    cleanUp().then(end, end);
  };
  for (const signal of signals) process.once(signal, onSignal);
  atTheEnd(() => {
    for (const signal of signals) process.off(signal, onSignal);
    return Promise.resolve();
  });
}
