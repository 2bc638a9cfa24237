import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Instant, Integer, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices } from '../../http/query-fields.decorator';
import { EVENT_TYPES, type EventType } from '../../outbox/event-types';
import { MOST_KEPT_ATTEMPTS } from './delivery-json';

const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

const instant = '2026-06-30T12:00:00.000Z';

export class DeliveryQuery extends PageQuery {
  @QueryChoices(DELIVERY_STATUSES, { example: ['FAILED'] })
  status?: DeliveryStatus[];

  @QueryChoices(EVENT_TYPES, { example: ['risk.created', 'risk.updated'] })
  eventType?: EventType[];
}

class AttemptResponse {
  @Instant({ example: instant })
  at!: string;

  @Integer({ min: 0, max: 2_147_483_647, example: 120 })
  durationMs!: number;

  @Integer({ min: 100, max: 999, nullable: true, about: 'What was answered; null for no answer.', example: 503 })
  status!: number | null;

  @Text({ max: 1000, nullable: true, example: 'https://example.org answers with status 503.' })
  error!: string | null;
}

export class DeliveryResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 64, about: '`webhook-id` of the message.', example: `msg_${EXAMPLE_ID}` })
  messageId!: string;

  @Choice(EVENT_TYPES, { example: 'risk.updated' })
  eventType!: EventType;

  @Uuid({ about: 'What it is delivered in order with: the risk, or the app.', example: EXAMPLE_ID })
  subjectId!: string;

  @Instant({ about: 'When it happened.', example: instant })
  eventAt!: string;

  @Choice(DELIVERY_STATUSES, { about: 'FAILED is not tried again unless it is replayed.', example: 'PENDING' })
  status!: DeliveryStatus;

  @Instant({ nullable: true, about: 'Not before; later behind another one of the same subject.', example: instant })
  nextAttemptAt!: string | null;

  @Instant({ nullable: true, example: null })
  deliveredAt!: string | null;

  @NestedList(() => AttemptResponse, { maxItems: MOST_KEPT_ATTEMPTS })
  attempts!: readonly AttemptResponse[];

  @Instant({ example: instant })
  createdAt!: string;
}

export class ReplayDeliveries {
  @Instant({ about: 'Of events from then on.', example: '2026-06-30T00:00:00.000Z' })
  from!: string;

  @Instant({ about: 'Of events before.', example: '2026-07-01T00:00:00.000Z' })
  to!: string;
}

export class ReplayResponse {
  @Integer({ min: 0, max: 2_147_483_647, about: 'How many are delivered again.', example: 12 })
  replayed!: number;
}

export class RotatedSecretResponse {
  @Text({ max: 128, about: 'Shown this once.', example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' })
  secret!: string;

  @Instant({ about: 'Until then messages are signed with the former secret as well.', example: instant })
  previousValidUntil!: string;
}
