import { AnyJson, Choice, Instant, Integer, Nested, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { HISTORY_ACTIONS, type HistoryAction } from '../risk-writer';

/** Who did something. */
export class ActorResponse {
  @Uuid()
  id!: string;

  @Text({ max: 255, nullable: true, about: 'Null for an account that is gone.', example: 'Ana Analyst' })
  name!: string | null;
}

class FieldChangeResponse {
  @Text({ max: 100, about: 'A field of the risk.', example: 'impact' })
  field!: string;

  @AnyJson({ about: 'As the risk had it.', example: 3 })
  before!: unknown;

  @AnyJson({ about: 'As the risk has it since.', example: 5 })
  after!: unknown;
}

export class RiskVersionResponse {
  @Integer({ min: 1, max: 2_147_483_647, example: 2 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  at!: string;

  @Nested(() => ActorResponse, { nullable: true, about: 'Null when the system itself did it.' })
  actor!: ActorResponse | null;

  @Choice(HISTORY_ACTIONS, { about: 'IMPORTED and SYNCED are also how such risks begin.', example: 'UPDATED' })
  action!: HistoryAction;

  @Text({
    max: 2000,
    nullable: true,
    about: 'What was said with a transition, or why the risk changed by itself.',
    example: null,
  })
  comment!: string | null;

  @NestedList(() => FieldChangeResponse, { maxItems: 50, about: 'Empty in the first version.' })
  changes!: FieldChangeResponse[];
}
