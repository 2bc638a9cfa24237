import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { NotStored } from '../../http/not-stored.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { AnyMember } from '../../rbac/requires.decorator';
import { SessionOnly } from '../session-only.decorator';
import { ApiTokenResponse, CreateApiToken, CreatedApiTokenResponse } from './api-token.dto';
import { ApiTokenReader } from './api-token.reader';
import { ApiTokenService } from './api-token.service';

@ApiTags('Authentication')
@Controller('auth/tokens')
export class ApiTokenController {
  constructor(
    private readonly tokens: ApiTokenService,
    private readonly reader: ApiTokenReader,
  ) {}

  @Get()
  @AnyMember()
  @SessionOnly()
  @Returns(PageOf(ApiTokenResponse), 'Your API tokens in this tenant, newest first')
  listApiTokens(@Query() query: PageQuery): Promise<Page<ApiTokenResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @AnyMember()
  @SessionOnly()
  @NotStored()
  @Returns(CreatedApiTokenResponse, 'Make an API token; its secret is shown this once', 201)
  createApiToken(@Body() request: CreateApiToken): Promise<CreatedApiTokenResponse> {
    return this.tokens.create(request);
  }

  @Delete(':id')
  @AnyMember()
  @SessionOnly()
  @ReturnsNothing('Revoke an API token; its next request is refused')
  revokeApiToken(@Id() id: string): Promise<void> {
    return this.tokens.revoke(id);
  }
}
