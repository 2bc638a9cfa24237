import { Choice, Decimal, Integer } from '../http/fields.decorator';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class PoolStatsResponse {
  @Integer({ ...COUNT, about: 'Ceiling.', example: 20 })
  maxOpen!: number;

  @Integer({ ...COUNT, about: 'Kept open when nobody needs them.', example: 5 })
  minIdle!: number;

  @Integer({ ...COUNT, about: 'That exist or are being opened.', example: 6 })
  open!: number;

  @Integer({ ...COUNT, example: 1 })
  inUse!: number;

  @Integer({ ...COUNT, example: 5 })
  idle!: number;

  @Integer({ ...COUNT, about: 'Requests that wait for a connection right now.', example: 0 })
  waiting!: number;

  @Integer({ ...COUNT, about: 'Requests that have waited, since boot.', example: 3 })
  waitCount!: number;

  @Decimal({ ...COUNT, about: 'How long they have waited together.', example: 12.4 })
  waitMs!: number;

  @Integer({ ...COUNT, about: 'Requests that gave up waiting and were answered 503.', example: 0 })
  timeouts!: number;

  @Integer({ ...COUNT, example: 2 })
  closedByLifetime!: number;

  @Integer({ ...COUNT, example: 4 })
  closedByIdle!: number;

  @Integer({ ...COUNT, example: 0 })
  closedByError!: number;

  @Choice(['healthy', 'warning', 'critical'], { about: 'By the share of maxOpen in use.', example: 'healthy' })
  status!: string;
}
