import { Env } from '../../config/env.decorator';

export class InvitationConfig {
  @Env('INVITATION_TTL_HOURS', {
    about: 'How long an invitation can be accepted.',
    kind: 'integer',
    unit: 'hours',
    min: 1,
    max: 720,
  })
  readonly ttlHours: number = 72;
}
