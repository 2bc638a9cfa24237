import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { utcToday } from '../../http/period';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { ExplainedScoreResponse, ScoreQuery } from './score.dto';
import { ScoreReader } from './score.reader';

@ApiTags('Risks')
@Controller('risks/:id/score')
export class ScoreController {
  constructor(private readonly reader: ScoreReader) {}

  @Get()
  @Requires(Permission.RiskRead)
  @Returns(ExplainedScoreResponse, 'How the score of a risk came about, and how it has changed')
  getRiskScore(@Id() id: string, @Query() { period }: ScoreQuery): Promise<ExplainedScoreResponse> {
    return this.reader.explain(id, period, utcToday());
  }
}
