import { Body, Controller, Headers, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { FileBody } from '../../http/body-parser';
import { Returns } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { MAX_IMPORT_BYTES } from './import-limits';
import { ImportQuery, ImportResponse } from './import.dto';
import { ImportService } from './import.service';

/** CSV comes under many names: of browsers that know better, of Windows with Excel, of those that know nothing. */
const mediaTypes = [
  'application/json',
  'text/csv',
  'text/plain',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
];

const fileSchema = {
  oneOf: [
    { type: 'object', additionalProperties: true, description: 'JSON' },
    { type: 'string', maxLength: MAX_IMPORT_BYTES, description: 'CSV, or JSON under another media type' },
  ],
  example: {
    risks: [
      { title: 'Ransomware on file servers', probability: 3, impact: 5, category: 'Malware', externalId: 'REG-1' },
    ],
  },
};

@ApiTags('Risks')
@Controller('risks')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Post('import')
  @Requires(Permission.RiskCreate, Permission.RiskUpdate)
  @Idempotent()
  @FileBody({ mediaTypes, bodyLimitBytes: MAX_IMPORT_BYTES })
  @ApiConsumes(...mediaTypes)
  @ApiBody({ description: 'The file itself.', required: true, schema: fileSchema })
  @Returns(ImportResponse, 'Import a file of risks, or try what an import would do')
  importRisks(
    @Body() file: Buffer,
    @Headers('content-type') mediaType: string | undefined,
    @Query() query: ImportQuery,
  ): Promise<ImportResponse> {
    return this.imports.run(file, mediaType, query);
  }
}
