import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestPath } from '../http/request-path';
import { problemOf } from './problem';

/** Every error of every route, also those of the router and the body parsers, becomes problem+json here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { problem, headers, logLevel } = problemOf(error, requestPath(request.url), request.id);
    request.log[logLevel]({ err: error, code: problem.code }, problem.detail);
    // The answer has begun: there is nobody left to tell, but the connection must not look complete.
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void reply
      .status(problem.status)
      .headers(headers)
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem));
  }
}
