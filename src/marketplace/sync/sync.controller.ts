import { Body, Controller, Get, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { AppResponse } from '../apps/app.dto';
import { SyncRunResponse, SyncSettings } from './sync-run.dto';
import { SyncRunReader } from './sync-run.reader';
import { SyncService } from './sync.service';

@ApiTags('Marketplace')
@Controller('marketplace/apps/:id')
export class SyncController {
  constructor(
    private readonly syncs: SyncService,
    private readonly runs: SyncRunReader,
  ) {}

  @Post('sync')
  @Requires(Permission.ConnectorUpdate)
  @Idempotent()
  @Returns(SyncRunResponse, 'Fetch what the source has now, in the background', 202)
  async startSync(@Id() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<SyncRunResponse> {
    const run = await this.syncs.start(id);
    reply.header('location', `/api/v1/marketplace/apps/${id}/runs/${run.id}`);
    return run;
  }

  @Put('sync')
  @Requires(Permission.ConnectorUpdate)
  @Returns(AppResponse, 'Say whether, and how often, an app is synchronised by itself')
  scheduleSync(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() settings: SyncSettings,
  ): Promise<AppResponse> {
    return this.syncs.schedule(id, expected, settings);
  }

  @Get('runs')
  @Requires(Permission.ConnectorRead)
  @Returns(PageOf(SyncRunResponse), 'What became of each synchronisation, newest first')
  listSyncRuns(@Id() id: string, @Query() query: PageQuery): Promise<Page<SyncRunResponse>> {
    return this.runs.list(id, query);
  }

  @Get('runs/:runId')
  @Requires(Permission.ConnectorRead)
  @Returns(SyncRunResponse, 'One synchronisation: how far it is, or what became of it')
  getSyncRun(@Id() id: string, @Id('runId') runId: string): Promise<SyncRunResponse> {
    return this.runs.get(id, runId);
  }

  @Post('runs/:runId/cancel')
  @Requires(Permission.ConnectorUpdate)
  @Returns(SyncRunResponse, 'Stop a synchronisation; what it has stored stays', 200)
  cancelSyncRun(@Id() id: string, @Id('runId') runId: string): Promise<SyncRunResponse> {
    return this.syncs.cancel(id, runId);
  }
}
