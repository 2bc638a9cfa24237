import { useTracer } from './tracer';
import type * as openTelemetry from './open-telemetry';
import type { TracingConfig } from './tracing.config';

/** A collector that does not answer must not keep a process that ends. */
const LAST_SPANS_MS = 2_000;

let running: openTelemetry.OpenTelemetryTracer | undefined;

/** Traces what the whole process does from now on, when an endpoint is set; else nothing of OpenTelemetry is loaded. */
export function startTracing(config: TracingConfig): void {
  if (config.endpoint === undefined || running) return;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loading it takes 100 ms, for those who use it only
  const { OpenTelemetryTracer } = require('./open-telemetry') as typeof openTelemetry;
  running = new OpenTelemetryTracer(config);
  useTracer(running);
}

/** Sends the last spans, and waits two seconds at most. */
export async function stopTracing(): Promise<void> {
  const stopping = running?.stop().catch(() => undefined);
  running = undefined;
  useTracer(undefined);
  if (!stopping) return;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_SPANS_MS)));
  await Promise.race([stopping, tooLate]);
  clearTimeout(timer);
}
