import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { BadRequest, UnprocessableBody } from '../errors/http.errors';

/** Routes that read no query or no body refuse one: what nobody reads must not look as if it had an effect. */
@Injectable()
export class DeclaredInputInterceptor implements NestInterceptor {
  private readonly inputs = new WeakMap<object, ReadonlySet<number>>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { query, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const inputs = this.inputsOf(context);
    const [parameter] = Object.keys(query as object);
    if (parameter !== undefined && !inputs.has(RouteParamtypes.QUERY)) {
      throw new BadRequest('This route takes no query parameters.', [
        { pointer: `?${parameter}`, code: 'unknown-field', message: 'is not a known field' },
      ]);
    }
    if (body !== undefined && body !== null && !inputs.has(RouteParamtypes.BODY)) {
      throw new UnprocessableBody('This route takes no body.', [
        { pointer: '', code: 'unknown-field', message: 'must be empty' },
      ]);
    }
    return next.handle();
  }

  private inputsOf(context: ExecutionContext): ReadonlySet<number> {
    const handler = context.getHandler();
    const known = this.inputs.get(handler);
    if (known) return known;
    const metadata = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name) as object | undefined;
    // Keys are `<kind of parameter>:<position>`.
    const inputs = new Set(Object.keys(metadata ?? {}).map((key) => Number(key.split(':')[0])));
    this.inputs.set(handler, inputs);
    return inputs;
  }
}
