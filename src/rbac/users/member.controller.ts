import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../permission';
import { Requires } from '../requires.decorator';
import {
  AddMember,
  ChangeMemberRole,
  MemberPermissionsResponse,
  MemberQuery,
  MemberResponse,
  MemberStatsResponse,
  UpdateMember,
} from './member.dto';
import { MemberReader } from './member.reader';
import { MemberService } from './member.service';

@ApiTags('Access control')
@Controller('rbac/users')
export class MemberController {
  constructor(
    private readonly members: MemberService,
    private readonly reader: MemberReader,
  ) {}

  @Get()
  @Requires(Permission.UserRead)
  @Returns(PageOf(MemberResponse), 'The members of the tenant')
  listMembers(@Query() query: MemberQuery): Promise<Page<MemberResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @Requires(Permission.UserCreate)
  @Idempotent()
  @Returns(MemberResponse, 'Make an account that is a member at once', 201)
  async addMember(
    @Body() request: AddMember,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemberResponse> {
    const member = await this.members.add(request);
    reply.header('location', `/api/v1/rbac/users/${member.id}`);
    return member;
  }

  @Get('stats')
  @Requires(Permission.UserRead)
  @Returns(MemberStatsResponse, 'How many members there are, by status and role')
  getMemberStats(): Promise<MemberStatsResponse> {
    return this.reader.stats();
  }

  @Get(':id')
  @Requires(Permission.UserRead)
  @Returns(MemberResponse, 'One member')
  getMember(@Id() id: string): Promise<MemberResponse> {
    return this.reader.get(id);
  }

  @Patch(':id')
  @Requires(Permission.UserUpdate)
  @Returns(MemberResponse, 'Change the role of a member, or switch them off or on')
  updateMember(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateMember,
  ): Promise<MemberResponse> {
    return this.members.update(id, expected, change);
  }

  @Patch(':id/role')
  @Requires(Permission.UserUpdate)
  @Returns(MemberResponse, 'Give a member another role')
  updateMemberRole(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: ChangeMemberRole,
  ): Promise<MemberResponse> {
    return this.members.update(id, expected, change);
  }

  @Delete(':id')
  @Requires(Permission.UserDelete)
  @ReturnsNothing('End a membership, with all its sessions and API tokens')
  removeMember(@Id() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.members.remove(id, expected);
  }

  @Get(':id/permissions')
  @Requires(Permission.UserRead)
  @Returns(MemberPermissionsResponse, 'What a member may do')
  listMemberPermissions(@Id() id: string): Promise<MemberPermissionsResponse> {
    return this.reader.permissions(id);
  }
}
