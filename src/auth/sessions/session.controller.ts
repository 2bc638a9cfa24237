import { Controller, Delete, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { AnyMember } from '../../rbac/requires.decorator';
import { SessionOnly } from '../session-only.decorator';
import { SessionResponse } from './session.dto';
import { SessionReader } from './session.reader';
import { SessionService } from './session.service';

@ApiTags('Authentication')
@Controller('auth/sessions')
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly reader: SessionReader,
  ) {}

  @Get()
  @AnyMember()
  @SessionOnly()
  @Returns(PageOf(SessionResponse), 'Where you are logged in, in all of your tenants, newest first')
  listSessions(@Query() query: PageQuery): Promise<Page<SessionResponse>> {
    return this.reader.list(query);
  }

  @Delete(':id')
  @AnyMember()
  @SessionOnly()
  @ReturnsNothing('End one of your sessions; its next request is refused')
  revokeSession(@Id() id: string): Promise<void> {
    return this.sessions.end(id);
  }

  @Delete()
  @AnyMember()
  @SessionOnly()
  @ReturnsNothing('End all of your sessions but this one, in all of your tenants')
  revokeOtherSessions(): Promise<void> {
    return this.sessions.endOthers();
  }
}
