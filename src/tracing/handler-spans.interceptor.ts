import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { beginSpan, failureOf } from './tracer';

/** What a handler does, apart from guards, reading the request and writing the answer. */
@Injectable()
export class HandlerSpansInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const name = `${context.getClass().name}.${context.getHandler().name}`;
    const span = beginSpan({ name, kind: 'internal' });
    if (!span) return next.handle();
    const answer = span.run(() => next.handle());
    return answer.pipe(
      tap({
        complete: () => span.end(),
        error: (error: unknown) => span.end(failureOf(error)),
      }),
    );
  }
}
