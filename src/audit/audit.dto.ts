import { IntersectionType } from '@nestjs/swagger';
import { AnyJson, Choice, Instant, Integer, Nested, Text, Uuid } from '../http/fields.decorator';
import { PageQuery } from '../http/pagination';
import { QueryChoices } from '../http/query-fields.decorator';
import type { ChainHead } from './audit-chain';
import { OUTCOMES, type Outcome } from './audit.metrics';

/** What narrows the log. All that is given must hold. */
export class AuditFilter {
  @Uuid({ optional: true, about: 'Who did it, or tried to.' })
  actor?: string;

  @Text({
    min: 1,
    max: 101,
    pattern: /^[\w.:-]*\*?$/,
    optional: true,
    about: 'What was done, or the beginning of it: `risk.update`, `risk.*`. Of refused requests it is the permission.',
    example: 'tenant.*',
  })
  action?: string;

  @Text({ min: 1, max: 100, optional: true, about: 'The kind of thing it was done to.', example: 'tenant' })
  resource?: string;

  @Text({ min: 1, max: 200, optional: true, about: 'The thing it was done to.' })
  resourceId?: string;

  @QueryChoices(OUTCOMES, { about: 'DENIED: refused; FAILURE: tried in vain.' })
  outcome?: Outcome[];

  @Instant({ optional: true, about: 'At this instant or later.' })
  from?: string;

  @Instant({ optional: true, about: 'Before this instant.' })
  to?: string;
}

/** Newest first. */
export class AuditQuery extends IntersectionType(AuditFilter, PageQuery) {}

const EXPORT_FORMATS = ['json', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Oldest first. */
export class AuditExportQuery extends AuditFilter {
  @Choice(EXPORT_FORMATS, { optional: true, example: 'json' })
  format: ExportFormat = 'json';
}

class AuditActorResponse {
  @Uuid()
  id!: string;

  @Text({ max: 255, nullable: true, about: 'Null for an account that is gone.', example: 'Ana Admin' })
  name!: string | null;
}

class AuditSealResponse implements ChainHead {
  @Integer({ min: 1, max: Number.MAX_SAFE_INTEGER, about: 'Its place in the chain.', example: 1 })
  position!: number;

  @Text({
    max: 64,
    about: 'SHA-256 over the hash before and this entry, in hex.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  hash!: string;

  @Instant({ example: '2026-06-30T12:00:01.000Z' })
  at!: string;
}

export class AuditEntryResponse {
  @Uuid()
  id!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  at!: string;

  @Nested(() => AuditActorResponse, { nullable: true, about: 'Null when it was nobody known, or the system itself.' })
  actor!: AuditActorResponse | null;

  @Uuid({ nullable: true, about: 'The session it was done in.', example: null })
  sessionId!: string | null;

  @Uuid({ nullable: true, about: 'The API token it was done with.', example: null })
  apiTokenId!: string | null;

  @Text({ max: 100, example: 'risk.update' })
  action!: string;

  @Text({ max: 100, example: 'risk' })
  resource!: string;

  @Text({ max: 200, nullable: true, example: '01890a5d-ac96-774b-bcce-b302099a8057' })
  resourceId!: string | null;

  @Choice(OUTCOMES, { about: 'DENIED: refused; FAILURE: tried in vain.', example: 'SUCCESS' })
  outcome!: Outcome;

  @Text({ max: 200, nullable: true, about: 'The same as in the log and in the answer.', example: null })
  requestId!: string | null;

  @Text({ max: 64, nullable: true, about: 'Where the request came from.', example: '192.0.2.7' })
  address!: string | null;

  @AnyJson({ about: 'What changed.', example: { changes: [{ field: 'impact', before: 3, after: 5 }] } })
  details!: unknown;
}

export class SealedAuditEntryResponse extends AuditEntryResponse {
  @Nested(() => AuditSealResponse, { nullable: true, about: 'Null for the moment until it is sealed.' })
  seal!: AuditSealResponse | null;
}
