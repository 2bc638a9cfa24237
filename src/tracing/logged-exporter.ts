import { Logger } from '@nestjs/common';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Says once that spans do not arrive, and once that they do again: a collector that stays away must not fill the log. */
export class LoggedExporter implements SpanExporter {
  private readonly logger = new Logger('Tracing');
  private arrives = true;

  constructor(private readonly exporter: SpanExporter) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      const { error } = result;
      if (error && this.arrives) this.logger.warn(`Traces are lost: ${error.message}`);
      if (!error && !this.arrives) this.logger.log('Traces arrive again');
      this.arrives = !error;
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}
