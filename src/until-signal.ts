/**
 * Waits for SIGINT or SIGTERM. A second signal ends the process at once. Ctrl-C in a terminal under npm arrives twice
 * within milliseconds, so the first second is forgiving.
 */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (first === undefined) {
        first = Date.now();
        resolve(signal);
      } else if (Date.now() - first > 1000) {
        process.exit(130);
      }
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
}
