import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { utcToday } from '../../http/period';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { MitigationQuery } from './mitigation-query.dto';
import { CreateMitigation, MitigationResponse, UpdateMitigation } from './mitigation.dto';
import { MitigationReader } from './mitigation.reader';
import { MitigationService } from './mitigation.service';

@ApiTags('Mitigations')
@Controller()
export class MitigationController {
  constructor(
    private readonly mitigations: MitigationService,
    private readonly reader: MitigationReader,
  ) {}

  @Get('risks/:id/mitigations')
  @Requires(Permission.MitigationRead)
  @Returns(PageOf(MitigationResponse), 'What is done about a risk, oldest first')
  listRiskMitigations(@Id() id: string, @Query() query: PageQuery): Promise<Page<MitigationResponse>> {
    return this.reader.ofRisk(id, query);
  }

  @Post('risks/:id/mitigations')
  @Requires(Permission.MitigationCreate)
  @Idempotent()
  @Returns(MitigationResponse, 'Plan something about a risk; one that is MITIGATED goes back into treatment', 201)
  async createMitigation(
    @Id() id: string,
    @Body() request: CreateMitigation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MitigationResponse> {
    const mitigation = await this.mitigations.create(id, request);
    reply.header('location', `/api/v1/mitigations/${mitigation.id}`);
    return mitigation;
  }

  @Get('mitigations')
  @Requires(Permission.MitigationRead)
  @Returns(PageOf(MitigationResponse), 'All mitigations: filtered, sorted, in pages')
  listMitigations(@Query() query: MitigationQuery): Promise<Page<MitigationResponse>> {
    return this.reader.list(query, utcToday());
  }

  @Get('mitigations/:id')
  @Requires(Permission.MitigationRead)
  @Returns(MitigationResponse, 'One mitigation')
  getMitigation(@Id() id: string): Promise<MitigationResponse> {
    return this.reader.get(id);
  }

  @Patch('mitigations/:id')
  @Requires(Permission.MitigationUpdate)
  @Returns(MitigationResponse, 'Change a mitigation, or move it along')
  updateMitigation(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateMitigation,
  ): Promise<MitigationResponse> {
    return this.mitigations.update(id, expected, change);
  }

  @Delete('mitigations/:id')
  @Requires(Permission.MitigationDelete)
  @ReturnsNothing('Delete a mitigation for good, with its sub-actions')
  deleteMitigation(@Id() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.mitigations.remove(id, expected);
  }
}
