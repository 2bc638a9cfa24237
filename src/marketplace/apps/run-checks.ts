import type { Connector, ConnectorCheck, ConnectorContext } from '../connector';

const MOST_CHECKS = 50;
const LONGEST_NAME = 200;

/**
 * The checks of a connector. They end with the signal of the context and never throw, whatever the connector and its
 * target do.
 *
 * @param clean what may be told of a text of theirs
 */
export async function runChecks(
  connector: Connector,
  context: ConnectorContext,
  clean: (text: string) => string,
): Promise<ConnectorCheck[]> {
  try {
    // In an async function, so that what throws at once rejects like all else.
    const asked = (async () => connector.test(context))();
    const checks = await Promise.race([asked, endOf(context.signal)]);
    return checks.slice(0, MOST_CHECKS).map(({ name, ok, error }) => ({
      name: clean(name).slice(0, LONGEST_NAME),
      ok,
      ...(error === undefined ? {} : { error: clean(error) }),
    }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'It failed without saying why.';
    return [{ name: 'The connector can test', ok: false, error: clean(reason) }];
  }
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new Error('It took too long.'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
