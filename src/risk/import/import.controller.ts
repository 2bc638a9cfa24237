import { Body, Controller, Headers, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { FileBody } from '../../http/body-parser';
import { Returns } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { IMPORT_FILE_SCHEMA, IMPORT_MEDIA_TYPES } from './import-file';
import { MAX_IMPORT_BYTES } from './import-limits';
import { ImportQuery, ImportResponse } from './import.dto';
import { ImportService } from './import.service';

@ApiTags('Risks')
@Controller('risks')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Post('import')
  @Requires(Permission.RiskCreate, Permission.RiskUpdate)
  @Idempotent()
  @FileBody({ mediaTypes: IMPORT_MEDIA_TYPES, bodyLimitBytes: MAX_IMPORT_BYTES })
  @ApiConsumes(...IMPORT_MEDIA_TYPES)
  @ApiBody({ description: 'The file itself.', required: true, schema: IMPORT_FILE_SCHEMA })
  @Returns(ImportResponse, 'Import a file of risks, or try what an import would do')
  importRisks(
    @Body() file: Buffer,
    @Headers('content-type') mediaType: string | undefined,
    @Query() query: ImportQuery,
  ): Promise<ImportResponse> {
    return this.imports.run(file, mediaType, query);
  }
}
