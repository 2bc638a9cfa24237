import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { LoggedExporter } from './logged-exporter';
import type { RunningSpan, SpanAttributes, SpanDescription, TraceOrigin, Tracer } from './tracer';
import type { TracingConfig } from './tracing.config';

/** Beyond, spans are dropped: a collector that is away or slow costs memory for these, and nothing else. */
const MAX_QUEUED_SPANS = 4_096;
/** No attribute of ours is longer. */
const MAX_ATTRIBUTE_LENGTH = 200;

const kinds: Readonly<Record<SpanDescription['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
  consumer: SpanKind.CONSUMER,
};

/** Loaded only when there is somebody to send traces to. */
export class OpenTelemetryTracer implements Tracer {
  private readonly provider: BasicTracerProvider;
  private readonly current = new AsyncLocalStorage<Span>();

  constructor(config: TracingConfig) {
    const url = `${(config.endpoint ?? '').replace(/\/$/, '')}/v1/traces`;
    const exporter = new OTLPTraceExporter({ url, headers: config.headerValues() });
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': config.serviceName }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.sampledShare) }),
      spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
      spanProcessors: [new BatchSpanProcessor(new LoggedExporter(exporter), { maxQueueSize: MAX_QUEUED_SPANS })],
    });
  }

  begin({ name, kind, attributes }: SpanDescription, origin?: TraceOrigin): RunningSpan | undefined {
    const parent = origin ? contextOf(origin) : this.currentContext();
    if (!parent) return undefined;
    const span = this.provider.getTracer('openrisk').startSpan(name, { kind: kinds[kind], attributes }, parent);
    return {
      run: (work) => this.current.run(span, work),
      end: (failure, more) => endSpan(span, failure, more),
    };
  }

  currentTraceId(): string | undefined {
    return this.current.getStore()?.spanContext().traceId;
  }

  /** Sends what has not been sent yet. */
  stop(): Promise<void> {
    return this.provider.shutdown();
  }

  private currentContext(): Context | undefined {
    const span = this.current.getStore();
    return span && trace.setSpan(ROOT_CONTEXT, span);
  }
}

function contextOf({ traceparent }: TraceOrigin): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...{ traceId, spanId, isRemote: true },
    traceFlags: Number.parseInt(flags, 16) & 1,
  });
}

function endSpan(span: Span, failure: string | undefined, attributes: SpanAttributes = {}): void {
  span.setAttributes(attributes);
  if (failure !== undefined) span.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
