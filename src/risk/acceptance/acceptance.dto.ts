import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, DateOnly, Instant, Integer, Nested, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices } from '../../http/query-fields.decorator';
import { ActorResponse } from '../history/history.dto';
import { ACCEPTANCE_STATUSES, type AcceptanceStatus } from './acceptance-terms';

const words = { min: 1, max: 2000 };

export class RequestAcceptance {
  @Text({
    ...words,
    about: 'Why the risk is to be borne.',
    example: 'Replacing the controller costs more than a stop.',
  })
  justification!: string;

  @DateOnly({ about: 'The last day of the acceptance (UTC); today or later.', example: '2099-12-31' })
  validUntil!: string;
}

export class AcceptanceDecision {
  @Text({ ...words, optional: true, example: 'Agreed in the risk committee.' })
  comment?: string;
}

export class AcceptanceQuery extends PageQuery {
  @QueryChoices(ACCEPTANCE_STATUSES, { about: 'PENDING and APPROVED are the current ones.' })
  status?: AcceptanceStatus[];
}

export class AcceptanceResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Uuid({ example: EXAMPLE_ID })
  riskId!: string;

  @Choice(ACCEPTANCE_STATUSES, {
    about: 'PENDING waits, APPROVED is in force; SUPERSEDED by a later one, ENDED when the risk moved on.',
    example: 'PENDING',
  })
  status!: AcceptanceStatus;

  @Text({ ...words, example: 'Replacing the controller costs more than a stop.' })
  justification!: string;

  @DateOnly({ about: 'The last day on which it is in force (UTC).', example: '2099-12-31' })
  validUntil!: string;

  @Integer({ min: 1, max: 2_147_483_647, about: 'The version of the risk that it was requested for.', example: 4 })
  riskVersion!: number;

  @Nested(() => ActorResponse)
  requestedBy!: ActorResponse;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  requestedAt!: string;

  @Nested(() => ActorResponse, { nullable: true, about: 'Who approved or rejected it: never who requested it.' })
  decidedBy!: ActorResponse | null;

  @Instant({ nullable: true, example: null })
  decidedAt!: string | null;

  @Text({ max: 2000, nullable: true, example: null })
  decisionComment!: string | null;

  @Instant({ nullable: true, about: 'When it was said to be expiring.', example: null })
  warnedAt!: string | null;

  @Nested(() => ActorResponse, { nullable: true, about: 'Null while it is not over, and when it expired by itself.' })
  endedBy!: ActorResponse | null;

  @Instant({ nullable: true, example: null })
  endedAt!: string | null;

  @Text({ max: 2000, nullable: true, example: null })
  endComment!: string | null;
}
