import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { contextIfAny } from '../context/request-context';
import { inSpan } from '../tracing/tracer';
import { decodedBody } from './answer-body';
import { CheckedAddresses } from './checked-addresses';
import { connectTo } from './connection';
import { exchange, exchangeFailure, type RawAnswer } from './exchange';
import { OutboundConfig } from './outbound.config';
import { OutboundFailure } from './outbound.errors';
import { OutboundMetrics, type OutboundOutcome } from './outbound.metrics';
import type { OutboundAnswer, OutboundRequest } from './outbound-request';
import { retryAfterSeconds } from './retry-after';
import { targetUrl } from './target-url';
import { TargetBreakers } from './target-breakers';
import { TenantSlots } from './tenant-slots';
import { TimeLimit } from './time-limit';

const redirects: ReadonlySet<number> = new Set([300, 301, 302, 303, 305, 307, 308]);

/** A request that is under way, and what ends with it. */
interface Course {
  readonly url: URL;
  readonly tenantId: string;
  readonly limit: TimeLimit;
  readonly startedAtMs: number;
  release?: () => void;
  socket?: Socket;
  hasEnded?: boolean;
}

/**
 * The only way to servers that tenants name: what is asked for goes to the internet or where the operator allows it, to
 * an address that was checked, over a connection of its own; without redirects, within a deadline and a size.
 */
@Injectable()
export class OutboundClient {
  constructor(
    private readonly config: OutboundConfig,
    private readonly addresses: CheckedAddresses,
    private readonly slots: TenantSlots,
    private readonly breakers: TargetBreakers,
    private readonly metrics: OutboundMetrics,
  ) {}

  /**
   * A step of the trace that is going on, until the headers of the answer. The other side is told nothing of it: a
   * `traceparent` would let servers of different tenants see what belongs together, and whom we trace.
   *
   * @throws OutboundFailure with its reason; the reason of the request's own signal
   */
  request(target: string | URL, request: OutboundRequest): Promise<OutboundAnswer> {
    const method = request.method ?? 'GET';
    return inSpan(
      () => ({ name: `outbound ${method}`, kind: 'client', attributes: { 'http.request.method': method } }),
      () => this.send(target, request),
    );
  }

  private async send(target: string | URL, request: OutboundRequest): Promise<OutboundAnswer> {
    const startedAtMs = performance.now();
    const url = this.urlOf(target, startedAtMs);
    const { actor, tenantId = '' } = contextIfAny() ?? {};
    const limit = new TimeLimit(request.deadlineMs, () => tooSlow(url, request.deadlineMs), request.signal);
    const course: Course = { url, tenantId: actor?.tenantId ?? tenantId, limit, startedAtMs };
    // Also of an answer that nobody reads to its end.
    limit.signal.addEventListener('abort', () => this.end(course, limit.signal.reason), { once: true });
    try {
      course.release = await this.slots.take(course.tenantId, limit.signal);
      const answer = await this.breakers.run(course.tenantId, url, () => this.ask(course, request));
      const body = this.bodyOf(course, answer, request);
      return { status: answer.status, headers: answer.headers, body, text: () => textOf(body) };
    } catch (error) {
      const failure: unknown = limit.signal.aborted ? limit.signal.reason : error;
      this.end(course, failure);
      throw failure;
    }
  }

  private urlOf(target: string | URL, startedAtMs: number): URL {
    try {
      return targetUrl(target);
    } catch (error) {
      this.metrics.ended('bad-url', startedAtMs);
      throw error;
    }
  }

  private async ask(course: Course, request: OutboundRequest): Promise<RawAnswer> {
    const { url, limit } = course;
    try {
      course.socket = await this.connect(url, limit.signal);
      const answer = await exchange(url, course.socket, request);
      checkStatus(url, answer, request);
      return answer;
    } catch (error) {
      // A connection that is cut in time looks like one that the other side has cut.
      throw limit.signal.aborted ? limit.signal.reason : error;
    }
  }

  private async connect(url: URL, signal: AbortSignal): Promise<Socket> {
    const ms = this.config.connectTimeoutMs;
    const failure = (): Error => new OutboundFailure('unreachable', `${url.origin} did not connect within ${ms} ms.`);
    const limit = new TimeLimit(ms, failure, signal);
    try {
      return await connectTo(url, await this.addresses.of(url, limit.signal), limit.signal);
    } finally {
      limit.end();
    }
  }

  private async *bodyOf(course: Course, answer: RawAnswer, { maxBytes }: OutboundRequest): AsyncGenerator<Buffer> {
    const { url, limit } = course;
    let outcome: unknown;
    try {
      yield* decodedBody(answer.body, { headers: answer.headers, maxBytes, origin: url.origin });
    } catch (error) {
      outcome = limit.signal.aborted ? limit.signal.reason : exchangeFailure(error, url);
      throw outcome;
    } finally {
      this.end(course, outcome);
    }
  }

  private end(course: Course, failure: unknown): void {
    if (course.hasEnded === true) return;
    course.hasEnded = true;
    course.limit.end();
    course.socket?.destroy();
    course.release?.();
    this.metrics.ended(outcomeOf(failure), course.startedAtMs);
  }
}

function checkStatus({ origin }: URL, { status, headers }: RawAnswer, { accept = isSuccess }: OutboundRequest): void {
  if (redirects.has(status)) {
    throw new OutboundFailure('no-redirects', `${origin} redirects, which is not followed.`, { answered: status });
  }
  if (accept(status)) return;
  const seconds = retryAfterSeconds(headers['retry-after'], Date.now());
  throw new OutboundFailure('status', `${origin} answers with status ${status}.`, {
    answered: status,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  });
}

function outcomeOf(failure: unknown): OutboundOutcome {
  if (failure === undefined) return 'ok';
  return failure instanceof OutboundFailure ? failure.reason : 'aborted';
}

function tooSlow({ origin }: URL, deadlineMs: number): OutboundFailure {
  return new OutboundFailure('too-slow', `${origin} has not answered to the end within ${deadlineMs} ms.`);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return new TextDecoder().decode(Buffer.concat(parts));
}
