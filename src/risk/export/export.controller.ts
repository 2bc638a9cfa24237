import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { csvLine } from '../../audit/csv-line';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { RiskResponse } from '../risk.dto';
import { RiskExportQuery } from './export.dto';
import { REGISTER_COLUMNS } from './register-cells';
import { RiskExport } from './risk-export';

@ApiTags('Risks')
@Controller('risks/export')
export class ExportController {
  constructor(private readonly exports: RiskExport) {}

  @Get()
  @Requires(Permission.RiskRead, Permission.RiskExport)
  @ApiOperation({ summary: 'The risk register as a file: filtered and sorted as the list' })
  @ApiResponse({
    status: 200,
    description: 'In the format that was asked for. It is complete when the transfer ends without an error.',
    content: {
      'application/json': { schema: { type: 'array', items: { $ref: getSchemaPath(RiskResponse) } } },
      'text/csv': { schema: { type: 'string' }, example: csvLine(REGISTER_COLUMNS) },
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
        schema: { type: 'string', format: 'binary' },
      },
    },
  })
  exportRisks(@Query() query: RiskExportQuery): Promise<StreamableFile> {
    return this.exports.start(query);
  }
}
