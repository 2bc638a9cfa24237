import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { RiskVersionResponse } from './history.dto';
import { HistoryReader } from './history.reader';

@ApiTags('Risks')
@Controller('risks')
export class HistoryController {
  constructor(private readonly reader: HistoryReader) {}

  @Get(':id/history')
  @Requires(Permission.RiskRead)
  @Returns(PageOf(RiskVersionResponse), 'What happened to a risk, newest first')
  listRiskHistory(@Id() id: string, @Query() query: PageQuery): Promise<Page<RiskVersionResponse>> {
    return this.reader.history(id, query);
  }
}
