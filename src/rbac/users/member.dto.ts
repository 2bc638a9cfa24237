import { PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Instant, Integer, Nested, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices, QueryUuids } from '../../http/query-fields.decorator';
import { GrantResponse } from '../rbac.dto';

export const MEMBER_STATUSES = ['ACTIVE', 'DISABLED'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

const email = { min: 3, max: 254, format: 'email', pattern: /^[^\s@]+@[^\s@]+$/ };

/** What members can be narrowed by. All that is given must hold; of several values of one, any. */
export class MemberQuery extends PageQuery {
  @Text({ min: 1, max: 200, optional: true, about: 'Any part of the name or the e-mail address.', example: 'demo' })
  q?: string;

  @QueryUuids({ maxItems: 20, about: 'Ids of roles.' })
  role?: string[];

  @QueryUuids({ maxItems: 20, about: 'Ids of teams.' })
  team?: string[];

  @QueryChoices(MEMBER_STATUSES, {})
  status?: MemberStatus[];
}

export class AddMember {
  @Text({ ...email, about: 'Must not have an account yet: an existing one is invited.', example: 'new@example.com' })
  email!: string;

  @Text({ min: 1, max: 255, example: 'Nora New' })
  name!: string;

  @Uuid({ about: 'At most of your own level, with nothing in it that you lack.', example: EXAMPLE_ID })
  roleId!: string;

  @Text({
    min: 1,
    max: 200,
    format: 'password',
    about:
      'To be changed by its owner. At least AUTH_PASSWORD_MIN_LENGTH characters (12), and nothing that is tried first.',
    example: 'kestrel orbit 4711 lime',
  })
  password!: string;
}

export class ChangeMemberRole {
  @Uuid({ example: EXAMPLE_ID })
  roleId!: string;
}

class ChangeableMember extends ChangeMemberRole {
  @Choice(MEMBER_STATUSES, { about: 'DISABLED ends all sessions of the member in this tenant.', example: 'ACTIVE' })
  status!: MemberStatus;
}

export class UpdateMember extends PartialType(ChangeableMember, { skipNullProperties: false }) {}

export class RoleOfMember {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 63, nullable: true, about: 'Of a predefined role.', example: 'analyst' })
  key!: string | null;

  @Text({ max: 100, example: 'Analyst' })
  name!: string;

  @Integer({ min: 0, max: 9, example: 3 })
  level!: number;
}

class TeamOfMember {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 100, example: 'Infrastructure' })
  name!: string;
}

export class MemberResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 254, example: 'marta.kowalska@demo.openrisk.local' })
  email!: string;

  @Text({ max: 255, example: 'Marta Kowalska' })
  name!: string;

  @Nested(() => RoleOfMember)
  role!: RoleOfMember;

  @Choice(MEMBER_STATUSES, { example: 'ACTIVE' })
  status!: MemberStatus;

  @NestedList(() => TeamOfMember, { maxItems: 1000 })
  teams!: TeamOfMember[];

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  joinedAt!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 1 })
  version!: number;
}

export class MemberPermissionsResponse {
  @Nested(() => RoleOfMember)
  role!: RoleOfMember;

  @NestedList(() => GrantResponse, { maxItems: 100, about: 'None for a disabled member.' })
  items!: GrantResponse[];
}

class MembersOfRole extends RoleOfMember {
  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 1 })
  members!: number;
}

export class MemberStatsResponse {
  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 12 })
  total!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 12 })
  active!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 0 })
  disabled!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, about: 'Active members who are in no team.', example: 4 })
  withoutTeam!: number;

  @NestedList(() => MembersOfRole, { maxItems: 1000 })
  byRole!: MembersOfRole[];
}
