import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { InjectMetric, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Histogram } from 'prom-client';
import { tap, type Observable } from 'rxjs';

const name = 'openrisk_handler_duration_seconds';

export const handlerDurationProvider = makeHistogramProvider({
  name,
  help: 'Duration of what handlers do, without authentication and serialization.',
  labelNames: ['handler', 'outcome'],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
});

/** Times the work of handlers, apart from what the HTTP server and the guards take. */
@Injectable()
export class HandlerMetricsInterceptor implements NestInterceptor {
  constructor(@InjectMetric(name) private readonly duration: Histogram) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const stop = this.duration.startTimer({ handler: context.getHandler().name });
    return next.handle().pipe(
      tap({
        complete: () => stop({ outcome: 'ok' }),
        error: () => stop({ outcome: 'error' }),
      }),
    );
  }
}
