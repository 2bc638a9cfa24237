import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { RiskSourceResponse } from './source.dto';
import { RiskSourceReader } from './source.reader';

@ApiTags('Risks')
@Controller('risks/:id/sources')
export class RiskSourceController {
  constructor(private readonly reader: RiskSourceReader) {}

  @Get()
  @Requires(Permission.RiskRead)
  @Returns(PageOf(RiskSourceResponse), 'Which connectors say something about a risk, and whether they still do')
  listRiskSources(@Id() id: string, @Query() query: PageQuery): Promise<Page<RiskSourceResponse>> {
    return this.reader.list(id, query);
  }
}
