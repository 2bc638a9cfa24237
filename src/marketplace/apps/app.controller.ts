import { Body, Controller, Delete, Get, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { LogQuery, LogResponse } from '../logs/log.dto';
import { LogReader } from '../logs/log.reader';
import { AppTester } from './app-tester';
import { AppQuery, AppResponse, ConfigureApp, InstallApp } from './app.dto';
import { AppReader } from './app.reader';
import { AppService } from './app.service';
import { AppTestResponse } from './test-app.dto';

@ApiTags('Marketplace')
@Controller('marketplace/apps')
export class AppController {
  constructor(
    private readonly apps: AppService,
    private readonly reader: AppReader,
    private readonly tester: AppTester,
    private readonly logs: LogReader,
  ) {}

  @Get()
  @Requires(Permission.ConnectorRead)
  @Returns(PageOf(AppResponse), 'What the tenant has installed, newest first')
  listApps(@Query() query: AppQuery): Promise<Page<AppResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @Requires(Permission.ConnectorCreate)
  @Idempotent()
  @Returns(AppResponse, 'Install a connector', 201)
  async installApp(@Body() request: InstallApp, @Res({ passthrough: true }) reply: FastifyReply): Promise<AppResponse> {
    const app = await this.apps.install(request);
    reply.header('location', `/api/v1/marketplace/apps/${app.id}`);
    return app;
  }

  @Get(':id')
  @Requires(Permission.ConnectorRead)
  @Returns(AppResponse, 'One app, its secrets hidden')
  getApp(@Id() id: string): Promise<AppResponse> {
    return this.reader.get(id);
  }

  @Put(':id')
  @Requires(Permission.ConnectorUpdate)
  @Returns(AppResponse, 'Configure an app; a new target URL drops its secrets')
  configureApp(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() request: ConfigureApp,
  ): Promise<AppResponse> {
    return this.apps.configure(id, expected, request);
  }

  @Delete(':id')
  @Requires(Permission.ConnectorDelete)
  @ReturnsNothing('Uninstall an app; the risks that it has brought stay')
  uninstallApp(@Id() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.apps.uninstall(id, expected);
  }

  @Post(':id/test')
  @Requires(Permission.ConnectorUpdate)
  @Returns(AppTestResponse, 'Check whether an app works as it is configured')
  testApp(@Id() id: string): Promise<AppTestResponse> {
    return this.tester.test(id);
  }

  @Post(':id/enable')
  @Requires(Permission.ConnectorUpdate)
  @Returns(AppResponse, 'Enable an app that was disabled')
  enableApp(@Id() id: string): Promise<AppResponse> {
    return this.apps.enable(id);
  }

  @Post(':id/disable')
  @Requires(Permission.ConnectorUpdate)
  @Returns(AppResponse, 'Disable an app: it does nothing until it is enabled')
  disableApp(@Id() id: string): Promise<AppResponse> {
    return this.apps.disable(id);
  }

  @Get(':id/logs')
  @Requires(Permission.ConnectorRead)
  @Returns(PageOf(LogResponse), 'What was done with an app, newest first')
  listAppLogs(@Id() id: string, @Query() query: LogQuery): Promise<Page<LogResponse>> {
    return this.logs.list(id, query);
  }
}
