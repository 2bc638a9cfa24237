import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../http/conditional';
import { Id } from '../http/id.decorator';
import { PageOf, type Page } from '../http/pagination';
import { utcToday } from '../http/period';
import { Returns, ReturnsNothing } from '../http/returns.decorator';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { Permission } from '../rbac/permission';
import { Requires } from '../rbac/requires.decorator';
import { RiskQuery } from './risk-query.dto';
import { CreateRisk, RiskResponse, UpdateRisk } from './risk.dto';
import { RiskReader } from './risk.reader';
import { RiskService } from './risk.service';

@ApiTags('Risks')
@Controller('risks')
export class RiskController {
  constructor(
    private readonly risks: RiskService,
    private readonly reader: RiskReader,
  ) {}

  @Get()
  @Requires(Permission.RiskRead)
  @Returns(PageOf(RiskResponse), 'The risk register: filtered, sorted, in pages')
  listRisks(@Query() query: RiskQuery): Promise<Page<RiskResponse>> {
    return this.reader.list(query, utcToday());
  }

  @Get(':id')
  @Requires(Permission.RiskRead)
  @Returns(RiskResponse, 'One risk')
  getRisk(@Id() id: string): Promise<RiskResponse> {
    return this.reader.get(id);
  }

  @Post()
  @Requires(Permission.RiskCreate)
  @Idempotent()
  @Returns(RiskResponse, 'Add a risk', 201)
  async createRisk(
    @Body() request: CreateRisk,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RiskResponse> {
    return located(reply, await this.risks.create(request));
  }

  @Patch(':id')
  @Requires(Permission.RiskUpdate)
  @Returns(RiskResponse, 'Change a risk')
  updateRisk(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateRisk,
  ): Promise<RiskResponse> {
    return this.risks.update(id, expected, change);
  }

  @Delete(':id')
  @Requires(Permission.RiskDelete)
  @ReturnsNothing('Delete a risk; it can be restored')
  deleteRisk(@Id() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.risks.remove(id, expected);
  }

  @Post(':id/restore')
  @Requires(Permission.RiskDelete)
  @Returns(RiskResponse, 'Bring a deleted risk back')
  restoreRisk(@Id() id: string): Promise<RiskResponse> {
    return this.risks.restore(id);
  }
}

function located(reply: FastifyReply, risk: RiskResponse): RiskResponse {
  reply.header('location', `/api/v1/risks/${risk.id}`);
  return risk;
}
