import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Id } from '../../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../../http/pagination';
import { Returns, ReturnsNothing } from '../../../http/returns.decorator';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { Permission } from '../../../rbac/permission';
import { Requires } from '../../../rbac/requires.decorator';
import { CreateSubAction, SubActionResponse, UpdateSubAction } from './sub-action.dto';
import { SubActionReader } from './sub-action.reader';
import { SubActionService } from './sub-action.service';

@ApiTags('Mitigations')
@Controller('mitigations/:id/sub-actions')
export class SubActionController {
  constructor(
    private readonly subActions: SubActionService,
    private readonly reader: SubActionReader,
  ) {}

  @Get()
  @Requires(Permission.MitigationRead)
  @Returns(PageOf(SubActionResponse), 'The sub-actions of a mitigation, in their order')
  listSubActions(@Id() id: string, @Query() query: PageQuery): Promise<Page<SubActionResponse>> {
    return this.reader.list(id, query);
  }

  @Post()
  @Requires(Permission.MitigationUpdate)
  @Idempotent()
  @Returns(SubActionResponse, 'Add a sub-action', 201)
  async createSubAction(
    @Id() id: string,
    @Body() request: CreateSubAction,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubActionResponse> {
    const subAction = await this.subActions.create(id, request);
    reply.header('location', `/api/v1/mitigations/${id}/sub-actions`);
    return subAction;
  }

  @Patch(':sid')
  @Requires(Permission.MitigationUpdate)
  @Returns(SubActionResponse, 'Rename a sub-action, tick it off, or move it')
  updateSubAction(
    @Id() id: string,
    @Id('sid') sid: string,
    @Body() change: UpdateSubAction,
  ): Promise<SubActionResponse> {
    return this.subActions.update(id, sid, change);
  }

  @Delete(':sid')
  @Requires(Permission.MitigationUpdate)
  @ReturnsNothing('Delete a sub-action')
  deleteSubAction(@Id() id: string, @Id('sid') sid: string): Promise<void> {
    return this.subActions.remove(id, sid);
  }
}
