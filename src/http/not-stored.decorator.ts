import {
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { tap, type Observable } from 'rxjs';

@Injectable()
class NotStoredInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(tap(() => void reply.header('cache-control', 'no-store')));
  }
}

/** The answer holds a secret: nobody on the way, and no browser, may keep it. */
export function NotStored(): MethodDecorator {
  return UseInterceptors(NotStoredInterceptor);
}
