import { PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../../http/example-id';
import { Instant, Integer, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';

export class TeamQuery extends PageQuery {
  @Text({ min: 1, max: 100, optional: true, about: 'Any part of the name.', example: 'a' })
  q?: string;
}

export class CreateTeam {
  @Text({ min: 1, max: 100, about: 'Unique, whatever the case of its letters.', example: 'Response' })
  name!: string;

  @Text({ max: 1000, optional: true, example: 'On call for incidents.' })
  description?: string;
}

export class UpdateTeam extends PartialType(CreateTeam, { skipNullProperties: false }) {}

export class AddTeamMember {
  @Uuid({ about: 'A member of the tenant.', example: EXAMPLE_ID })
  userId!: string;
}

export class TeamResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 100, example: 'Infrastructure' })
  name!: string;

  @Text({ max: 1000, example: 'Runs servers, networks and cloud accounts.' })
  description!: string;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 4 })
  memberCount!: number;

  @Integer({ min: 1, max: 2_147_483_647, example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}

export class TeamMemberResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 255, example: 'Marta Kowalska' })
  name!: string;

  @Instant({ about: 'When they joined the team.', example: '2026-06-30T12:00:00.000Z' })
  since!: string;
}
