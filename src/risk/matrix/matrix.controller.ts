import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { utcToday } from '../../http/period';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { MatrixQuery, MatrixResponse } from './matrix.dto';
import { MatrixReader } from './matrix.reader';

@ApiTags('Risks')
@Controller('risks')
export class MatrixController {
  constructor(private readonly reader: MatrixReader) {}

  @Get('matrix')
  @Requires(Permission.RiskRead)
  @Returns(MatrixResponse, 'Probability against impact: how many risks, which, and where to find them')
  getRiskMatrix(@Query() query: MatrixQuery): Promise<MatrixResponse> {
    return this.reader.matrix(query.period, utcToday());
  }
}
