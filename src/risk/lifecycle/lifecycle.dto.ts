import { Choice, Flag, Integer, NestedList, Text } from '../../http/fields.decorator';
import { RISK_STATUSES, type Move, type RiskStatus } from './risk-lifecycle';

export class TransitionRequest {
  @Choice(RISK_STATUSES, { example: 'IDENTIFIED' })
  status!: RiskStatus;

  @Text({ min: 1, max: 2000, optional: true, about: 'Kept in the history.', example: 'Confirmed in the workshop.' })
  comment?: string;
}

class MoveResponse {
  @Choice(RISK_STATUSES, { example: 'IDENTIFIED' })
  status!: RiskStatus;

  @Flag({ example: true })
  allowed!: boolean;

  @Text({ max: 200, nullable: true, about: 'Why the move is blocked; null when it is allowed.', example: null })
  reason!: string | null;
}

export class TransitionsResponse {
  @Choice(RISK_STATUSES, { about: 'Where the risk is now.', example: 'DRAFT' })
  status!: RiskStatus;

  @Integer({ min: 1, max: 2_147_483_647, about: "The risk's version, for `If-Match`.", example: 1 })
  version!: number;

  @NestedList(() => MoveResponse, { maxItems: RISK_STATUSES.length, about: 'All other statuses.' })
  moves!: Move[];
}
