import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns } from '../../../http/returns.decorator';
import { Permission } from '../../../rbac/permission';
import { Requires } from '../../../rbac/requires.decorator';
import { RecommendedQuery, RecommendedResponse } from './recommended.dto';
import { RecommendedReader } from './recommended.reader';

@ApiTags('Mitigations')
@Controller('mitigations/recommended')
export class RecommendedController {
  constructor(private readonly reader: RecommendedReader) {}

  @Get()
  @Requires(Permission.MitigationRead, Permission.RiskRead)
  @Returns(RecommendedResponse, 'What to do next: the most worthwhile open mitigations')
  listRecommendedMitigations(@Query() { limit }: RecommendedQuery): Promise<RecommendedResponse> {
    return this.reader.recommended(limit);
  }
}
