import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { SecretConfig } from '../config/secret.config';
import { currentActor } from '../context/request-context';
import { CommitOutcomeUnknown } from '../database/database.errors';
import { enlistInEach, type CommitParticipant } from '../database/transaction.events';
import { makeRepresentation, rememberedRepresentation } from '../http/representation';
import { fingerprintOf, parseIdempotencyKey } from './idempotency-key';
import { IdempotencyRecords, type Attempt, type HeldKey } from './idempotency-records';
import { AnswerLost, KeyReused, RequestInProgress } from './idempotency.errors';
import { IDEMPOTENT } from './idempotent.decorator';

/**
 * Carries out a request with an `Idempotency-Key` once. The key is claimed first, so that others are told at once; that it
 * is used up commits together with the change, so that neither is without the other; the answer follows. What was refused
 * or has failed has changed nothing: its key is free again.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor, CommitParticipant<Attempt> {
  private readonly logger = new Logger('Idempotency');
  private readonly secret: Buffer;

  constructor(
    private readonly reflector: Reflector,
    private readonly records: IdempotencyRecords,
    secret: SecretConfig,
  ) {
    this.secret = secret.key('idempotency');
  }

  /** @throws BadRequest 400, RequestInProgress 409, AnswerLost 409, KeyReused 422 */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const header = request.headers['idempotency-key'];
    if (header === undefined || !this.reflector.get<boolean | undefined>(IDEMPOTENT, context.getHandler())) {
      return next.handle();
    }
    const attempt: Attempt = {
      userId: currentActor().userId,
      route: `${request.method} ${request.routeOptions.url ?? ''}`,
      key: parseIdempotencyKey(String(header)),
      attemptId: randomUUID(),
    };
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(
      this.once(attempt, fingerprintOf(this.secret, request.url, request.body), reply, () =>
        lastValueFrom(next.handle()),
      ),
    );
  }

  /** Whoever comes too late, since the claim has passed to another attempt, is rolled back. */
  async prepare(attempts: readonly Attempt[]): Promise<void> {
    for (const attempt of attempts) {
      if (!(await this.records.markDone(attempt))) throw new RequestInProgress();
    }
  }

  ended(): Promise<void> {
    return Promise.resolve();
  }

  private async once(
    attempt: Attempt,
    fingerprint: Buffer,
    reply: FastifyReply,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const held = await this.records.claim(attempt, fingerprint);
    if (held) return replay(held, fingerprint, reply);
    try {
      const value = await enlistInEach(this, attempt, work);
      await this.keep(attempt, value, reply);
      return value;
    } catch (error) {
      if (!(error instanceof CommitOutcomeUnknown)) await this.release(attempt);
      throw error;
    }
  }

  /** The change has happened: that its answer cannot be kept must not make it look as if it had not. */
  private async keep(attempt: Attempt, value: unknown, reply: FastifyReply): Promise<void> {
    const location = reply.getHeader('location');
    try {
      await this.records.storeAnswer(attempt, {
        text: textOf(value),
        location: typeof location === 'string' ? location : null,
      });
    } catch (error) {
      this.logger.error('The answer to a request with an Idempotency-Key could not be kept', stackOf(error));
    }
  }

  private async release(attempt: Attempt): Promise<void> {
    try {
      await this.records.release(attempt);
    } catch (error) {
      this.logger.error('An Idempotency-Key stays claimed for a minute', stackOf(error));
    }
  }
}

function replay(held: HeldKey, fingerprint: Buffer, reply: FastifyReply): unknown {
  if (!held.fingerprint.equals(fingerprint)) throw new KeyReused();
  if (held.isUnderway) throw new RequestInProgress();
  if (held.answer === null) throw new AnswerLost();
  reply.header('idempotent-replayed', 'true');
  if (held.location !== null) reply.header('location', held.location);
  return JSON.parse(held.answer) as unknown;
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  return (rememberedRepresentation(value) ?? makeRepresentation(value)).bytes.toString();
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
