import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Instant, Nested, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices } from '../../http/query-fields.decorator';
import { RoleOfMember } from '../users/member.dto';

const INVITATION_STATUSES = ['OPEN', 'ACCEPTED', 'REVOKED', 'EXPIRED'] as const;
export type InvitationStatus = (typeof INVITATION_STATUSES)[number];

export class InvitationQuery extends PageQuery {
  @QueryChoices(INVITATION_STATUSES, {})
  status?: InvitationStatus[];
}

export class InviteRequest {
  @Text({ min: 3, max: 254, format: 'email', pattern: /^[^\s@]+@[^\s@]+$/, example: 'guest@example.com' })
  email!: string;

  @Uuid({ about: 'At most of your own level, with nothing in it that you lack.', example: EXAMPLE_ID })
  roleId!: string;
}

class Inviter {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 255, example: 'Alma Horvath' })
  name!: string;
}

export class InvitationResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 254, example: 'guest@example.com' })
  email!: string;

  @Nested(() => RoleOfMember)
  role!: RoleOfMember;

  @Choice(INVITATION_STATUSES, { example: 'OPEN' })
  status!: InvitationStatus;

  @Nested(() => Inviter, { nullable: true, about: 'Null when they have left.' })
  invitedBy!: Inviter | null;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-07-03T12:00:00.000Z' })
  expiresAt!: string;
}

export class NewInvitationResponse extends InvitationResponse {
  @Text({
    max: 200,
    about: 'To be sent to the invited person, who accepts with it. Shown this once.',
    example: `ori_${'0'.repeat(64)}_${'a'.repeat(43)}`,
  })
  token!: string;
}
