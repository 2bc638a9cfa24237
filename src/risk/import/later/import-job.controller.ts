import { Body, Controller, Headers, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { JobResponse } from '../../../background-jobs/job.dto';
import { JobReader } from '../../../background-jobs/job.reader';
import { FileBody } from '../../../http/body-parser';
import { Returns } from '../../../http/returns.decorator';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { Permission } from '../../../rbac/permission';
import { Requires } from '../../../rbac/requires.decorator';
import { IMPORT_FILE_SCHEMA, IMPORT_MEDIA_TYPES } from '../import-file';
import { MAX_IMPORT_BYTES } from '../import-limits';
import { ImportQuery } from '../import.dto';
import { ImportJob } from './import-job';

@ApiTags('Risks')
@Controller('risks')
export class ImportJobController {
  constructor(
    private readonly imports: ImportJob,
    private readonly jobs: JobReader,
  ) {}

  @Post('import-jobs')
  @Requires(Permission.RiskCreate, Permission.RiskUpdate)
  @Idempotent()
  @FileBody({ mediaTypes: IMPORT_MEDIA_TYPES, bodyLimitBytes: MAX_IMPORT_BYTES })
  @ApiConsumes(...IMPORT_MEDIA_TYPES)
  @ApiBody({ description: 'The file itself.', required: true, schema: IMPORT_FILE_SCHEMA })
  @Returns(JobResponse, 'Import a large file in the background', 202)
  async startRiskImport(
    @Body() file: Buffer,
    @Headers('content-type') mediaType: string | undefined,
    @Query() query: ImportQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobResponse> {
    const id = await this.imports.start(file, mediaType, query);
    reply.header('location', `/api/v1/jobs/${id}`);
    return this.jobs.get(id);
  }
}
