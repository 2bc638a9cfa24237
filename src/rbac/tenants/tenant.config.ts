import { Env } from '../../config/env.decorator';

export class TenantConfig {
  @Env('TENANT_CREATION', {
    about: 'Who may make further tenants: nobody, or the administrators of existing ones.',
    kind: 'choice',
    choices: ['off', 'admins'],
  })
  readonly creation: 'off' | 'admins' = 'admins';

  @Env('TENANT_GRACE_DAYS', {
    about: 'How long a deleted tenant can be restored before it is removed for good.',
    kind: 'integer',
    unit: 'days',
    min: 1,
    max: 3650,
  })
  readonly graceDays: number = 30;
}
