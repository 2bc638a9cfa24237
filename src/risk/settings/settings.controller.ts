import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { RiskSettingsRequest, RiskSettingsResponse, SettingsPreviewResponse } from './settings.dto';
import { SettingsReader } from './settings.reader';
import { SettingsService } from './settings.service';

@ApiTags('Risks')
@Controller('risk-settings')
export class SettingsController {
  constructor(
    private readonly settings: SettingsService,
    private readonly reader: SettingsReader,
  ) {}

  @Get()
  @Requires(Permission.RiskRead)
  @Returns(RiskSettingsResponse, 'What ratings and severities are called, and where each severity begins')
  getRiskSettings(): Promise<RiskSettingsResponse> {
    return this.reader.current();
  }

  @Put()
  @Requires(Permission.SettingsUpdate, Permission.RiskRead)
  @Returns(RiskSettingsResponse, 'Change the settings, and the severity of every risk with them')
  replaceRiskSettings(
    @IfMatch() expected: ExpectedVersion,
    @Body() settings: RiskSettingsRequest,
  ): Promise<RiskSettingsResponse> {
    return this.settings.replace(expected, settings);
  }

  @Get('versions')
  @Requires(Permission.RiskRead)
  @Returns(PageOf(RiskSettingsResponse), 'All settings there have been, newest first')
  listRiskSettingsVersions(@Query() query: PageQuery): Promise<Page<RiskSettingsResponse>> {
    return this.reader.versions(query);
  }

  @Post('preview')
  @Requires(Permission.SettingsUpdate, Permission.RiskRead)
  @Returns(SettingsPreviewResponse, 'What a change of the settings would move; nothing is changed')
  previewRiskSettings(@Body() settings: RiskSettingsRequest): Promise<SettingsPreviewResponse> {
    return this.reader.preview(settings);
  }
}
