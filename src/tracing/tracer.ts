/** What is told about a step of a request. It goes to another system: names of ours, never a tenant's text or a secret. */
export interface SpanDescription {
  readonly name: string;
  /** Of a request that is answered, one to somebody else, a step of our own, or a background job. */
  readonly kind: 'server' | 'client' | 'internal' | 'consumer';
  readonly attributes?: SpanAttributes;
}

export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A step that has begun. */
export interface RunningSpan {
  /** What `work` does, also later, belongs to this step. */
  run<T>(work: () => T): T;
  /** @param failure which kind of failure it was, when it was one */
  end(failure?: string, attributes?: SpanAttributes): void;
}

/** How a trace begins: here, or at the caller who has sent this well-formed W3C `traceparent`. */
export interface TraceOrigin {
  readonly traceparent?: string;
}

export interface Tracer {
  /** @returns undefined outside of a trace, unless it begins one */
  begin(span: SpanDescription, origin?: TraceOrigin): RunningSpan | undefined;
  /** 32 hexadecimal digits, of the trace that is going on. */
  currentTraceId(): string | undefined;
}

let tracer: Tracer | undefined;

/** Undefined switches tracing off: then a step costs one comparison. */
export function useTracer(used: Tracer | undefined): void {
  tracer = used;
}

export function isTracing(): boolean {
  return tracer !== undefined;
}

export function currentTraceId(): string | undefined {
  return tracer?.currentTraceId();
}

export function beginSpan(span: SpanDescription, origin?: TraceOrigin): RunningSpan | undefined {
  return tracer?.begin(span, origin);
}

/** Does work as a step of the trace that is going on; outside of one it is only done. It begins before this returns. */
export function inSpan<T>(describe: () => SpanDescription, work: () => Promise<T>): Promise<T> {
  const running = tracer?.begin(describe());
  return running ? untilEnd(running, work) : work();
}

/** Does work as a trace of its own: for what no request has asked for. */
export function inTrace<T>(span: SpanDescription, work: () => Promise<T>): Promise<T> {
  const running = tracer?.begin(span, {});
  return running ? untilEnd(running, work) : work();
}

/** The kind of a failure; its message may quote a tenant's text. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : error.constructor.name;
}

async function untilEnd<T>(running: RunningSpan, work: () => Promise<T>): Promise<T> {
  try {
    const result = await running.run(work);
    running.end();
    return result;
  } catch (error) {
    running.end(failureOf(error));
    throw error;
  }
}
