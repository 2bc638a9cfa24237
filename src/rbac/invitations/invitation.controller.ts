import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Permission } from '../permission';
import { Requires } from '../requires.decorator';
import { InvitationQuery, InvitationResponse, InviteRequest, NewInvitationResponse } from './invitation.dto';
import { InvitationReader } from './invitation.reader';
import { InvitationService } from './invitation.service';

@ApiTags('Access control')
@Controller('rbac/invitations')
export class InvitationController {
  constructor(
    private readonly invitations: InvitationService,
    private readonly reader: InvitationReader,
  ) {}

  @Get()
  @Requires(Permission.UserCreate)
  @Returns(PageOf(InvitationResponse), 'The invitations of the tenant, newest first')
  listInvitations(@Query() query: InvitationQuery): Promise<Page<InvitationResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @Requires(Permission.UserCreate)
  @Returns(NewInvitationResponse, 'Invite somebody; the answer holds the token, this once', 201)
  createInvitation(@Body() request: InviteRequest): Promise<NewInvitationResponse> {
    return this.invitations.invite(request);
  }

  @Delete(':id')
  @Requires(Permission.UserCreate)
  @ReturnsNothing('Take an open invitation back')
  revokeInvitation(@Id() id: string): Promise<void> {
    return this.invitations.revoke(id);
  }
}
