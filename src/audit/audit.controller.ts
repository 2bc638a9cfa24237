import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { Id } from '../http/id.decorator';
import { PageOf, type Page } from '../http/pagination';
import { Returns } from '../http/returns.decorator';
import { Permission } from '../rbac/permission';
import { Requires } from '../rbac/requires.decorator';
import { AuditExport } from './audit-export';
import { AuditEntryResponse, AuditExportQuery, AuditQuery, SealedAuditEntryResponse } from './audit.dto';
import { CSV_NAMES } from './audit-sql';
import { AuditReader } from './audit.reader';
import { csvLine } from './csv-line';

const csvExample = csvLine(CSV_NAMES);

@ApiTags('Audit')
@Controller('audit-logs')
export class AuditController {
  constructor(
    private readonly reader: AuditReader,
    private readonly exports: AuditExport,
  ) {}

  @Get()
  @Requires(Permission.AuditRead)
  @Returns(PageOf(AuditEntryResponse), 'Who did what, newest first')
  listAuditLogs(@Query() query: AuditQuery): Promise<Page<AuditEntryResponse>> {
    return this.reader.list(query);
  }

  @Get('export')
  @Requires(Permission.AuditExport)
  @ApiOperation({ summary: 'The audit log as a file, oldest first' })
  @ApiResponse({
    status: 200,
    description: 'A JSON array, or CSV with a header. It is complete when the transfer ends without an error.',
    content: {
      'application/json': { schema: { type: 'array', items: { $ref: getSchemaPath(AuditEntryResponse) } } },
      'text/csv': { schema: { type: 'string' }, example: csvExample },
    },
  })
  exportAuditLogs(@Query() query: AuditExportQuery): Promise<StreamableFile> {
    return this.exports.start(query);
  }

  @Get(':id')
  @Requires(Permission.AuditRead)
  @Returns(SealedAuditEntryResponse, 'One entry, with its seal')
  getAuditLog(@Id() id: string): Promise<SealedAuditEntryResponse> {
    return this.reader.get(id);
  }
}
