import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../permission';
import { Requires } from '../requires.decorator';
import { AddTeamMember, CreateTeam, TeamMemberResponse, TeamQuery, TeamResponse, UpdateTeam } from './team.dto';
import { TeamReader } from './team.reader';
import { TeamService } from './team.service';

@ApiTags('Access control')
@Controller('rbac/teams')
export class TeamController {
  constructor(
    private readonly teams: TeamService,
    private readonly reader: TeamReader,
  ) {}

  @Get()
  @Requires(Permission.TeamRead)
  @Returns(PageOf(TeamResponse), 'The teams of the tenant')
  listTeams(@Query() query: TeamQuery): Promise<Page<TeamResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @Requires(Permission.TeamCreate)
  @Idempotent()
  @Returns(TeamResponse, 'Make a team', 201)
  async createTeam(
    @Body() request: CreateTeam,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TeamResponse> {
    const team = await this.teams.create(request);
    reply.header('location', `/api/v1/rbac/teams/${team.id}`);
    return team;
  }

  @Get(':id')
  @Requires(Permission.TeamRead)
  @Returns(TeamResponse, 'One team')
  getTeam(@Id() id: string): Promise<TeamResponse> {
    return this.reader.get(id);
  }

  @Patch(':id')
  @Requires(Permission.TeamUpdate)
  @Returns(TeamResponse, 'Change a team')
  updateTeam(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateTeam,
  ): Promise<TeamResponse> {
    return this.teams.update(id, expected, change);
  }

  @Delete(':id')
  @Requires(Permission.TeamDelete)
  @ReturnsNothing('Delete a team; its members stay in the tenant')
  deleteTeam(@Id() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.teams.remove(id, expected);
  }

  @Get(':id/members')
  @Requires(Permission.TeamRead)
  @Returns(PageOf(TeamMemberResponse), 'Who is in a team')
  listTeamMembers(@Id() id: string, @Query() query: PageQuery): Promise<Page<TeamMemberResponse>> {
    return this.reader.members(id, query);
  }

  @Post(':id/members')
  @Requires(Permission.TeamUpdate)
  @Returns(TeamResponse, 'Put a member into a team')
  addTeamMember(@Id() id: string, @Body() request: AddTeamMember): Promise<TeamResponse> {
    return this.teams.addMember(id, request);
  }

  @Delete(':id/members/:userId')
  @Requires(Permission.TeamUpdate)
  @ReturnsNothing('Take a member out of a team')
  removeTeamMember(@Id() id: string, @Id('userId') userId: string): Promise<void> {
    return this.teams.removeMember(id, userId);
  }
}
