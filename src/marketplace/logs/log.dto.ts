import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Instant, Integer, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices } from '../../http/query-fields.decorator';

export const APP_ACTIONS = [
  'INSTALL',
  'CONFIGURE',
  'ENABLE',
  'DISABLE',
  'TEST',
  'SCHEDULE',
  'SYNC',
  'ROTATE_SECRET',
  'REPLAY',
  'UNINSTALL',
] as const;
export type AppAction = (typeof APP_ACTIONS)[number];

const LOG_OUTCOMES = ['SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type LogOutcome = (typeof LOG_OUTCOMES)[number];

export class LogQuery extends PageQuery {
  @QueryChoices(APP_ACTIONS, { example: ['INSTALL', 'TEST'] })
  action?: AppAction[];
}

export class LogResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Choice(APP_ACTIONS, { example: 'TEST' })
  action!: AppAction;

  @Choice(LOG_OUTCOMES, { example: 'FAILED' })
  outcome!: LogOutcome;

  @Uuid({ nullable: true, about: 'Who did it; null for what runs by itself.', example: EXAMPLE_ID })
  actorId!: string | null;

  @Integer({ min: 0, max: 2_147_483_647, example: 120 })
  durationMs!: number;

  @Text({ max: 1000, nullable: true, about: 'Why it failed.', example: 'The address is not public.' })
  error!: string | null;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  at!: string;
}
