import { Env } from '../config/env.decorator';

/** Where traces go, and how many. The names are those that OpenTelemetry gives them. */
export class TracingConfig {
  @Env('OTEL_EXPORTER_OTLP_ENDPOINT', {
    about: 'Collector that takes traces as OTLP over HTTP (JSON), at /v1/traces below it; no tracing when empty.',
    kind: 'text',
    unit: 'URL such as http://127.0.0.1:4318',
    pattern: /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
  })
  readonly endpoint?: string;

  @Env('OTEL_EXPORTER_OTLP_HEADERS', {
    about: 'Headers for the collector, such as its key.',
    kind: 'text',
    unit: 'name=value, separated by commas; values percent-encoded',
    pattern: /^[\w-]+=[^,\s]*(,[\w-]+=[^,\s]*)*$/,
    secret: true,
  })
  readonly headers: string = '';

  @Env('OTEL_SERVICE_NAME', { about: 'How traces name this installation.', kind: 'text' })
  readonly serviceName: string = 'openrisk';

  @Env('OTEL_TRACES_SAMPLER_ARG', {
    about: 'Share of the traces that is recorded, where the caller has not decided it by its traceparent.',
    kind: 'number',
    min: 0,
    max: 1,
  })
  readonly sampledShare: number = 1;

  problems(): string[] {
    try {
      this.headerValues();
      return [];
    } catch {
      return ['OTEL_EXPORTER_OTLP_HEADERS must have percent-encoded values'];
    }
  }

  /** @throws URIError when a value is not percent-encoded as it should be */
  headerValues(): Record<string, string> {
    const pairs = this.headers.split(',').filter((pair) => pair !== '');
    return Object.fromEntries(
      pairs.map((pair) => {
        const end = pair.indexOf('=');
        return [pair.slice(0, end), decodeURIComponent(pair.slice(end + 1))];
      }),
    );
  }
}
