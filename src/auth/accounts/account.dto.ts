import { Text } from '../../http/fields.decorator';

const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const newPassword = { min: 1, max: 200, format: 'password', example: 'several unrelated words of your own' } as const;
const about = 'At least as long as AUTH_PASSWORD_MIN_LENGTH says (12), and nothing that is tried first.';

export class ChangePassword {
  @Text({ min: 1, max: 200, format: 'password', example: 'the password printed by npm start' })
  currentPassword!: string;

  @Text({ ...newPassword, about })
  newPassword!: string;
}

/** An account and a tenant of its own. */
export class NewOwner {
  @Text({ min: 3, max: 254, pattern: /^[^\s@]+@[^\s@]+$/, format: 'email', example: 'ana@meridian.example' })
  email!: string;

  @Text({ min: 1, max: 255, example: 'Ana Analyst' })
  name!: string;

  @Text({ ...newPassword, about })
  password!: string;

  @Text({ min: 1, max: 255, example: 'Meridian Instruments' })
  tenantName!: string;

  @Text({ min: 1, max: 63, pattern: slug, about: 'Short name of the tenant, unique.', example: 'meridian' })
  tenantSlug!: string;
}

export class SetupRequest extends NewOwner {
  @Text({
    min: 1,
    max: 200,
    format: 'password',
    about: 'Printed once at the first boot.',
    example: 'ors_printed-at-boot',
  })
  token!: string;
}

export class AcceptInvitationRequest {
  @Text({ min: 1, max: 200, format: 'password', example: `ori_${'0'.repeat(64)}_${'A'.repeat(43)}` })
  token!: string;

  @Text({ ...newPassword, about: 'Of the account, if the invited address has one; else the one it gets.' })
  password!: string;

  @Text({ min: 1, max: 255, optional: true, about: 'Of a new account; it needs one.', example: 'Ana Analyst' })
  name?: string;
}
