import { Controller, Get, HttpCode, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Id } from '../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../http/pagination';
import { Returns } from '../http/returns.decorator';
import { Jobs } from '../jobs/jobs';
import { AnyMember } from '../rbac/requires.decorator';
import { JobResponse } from './job.dto';
import { JobReader } from './job.reader';

@ApiTags('Jobs')
@Controller('jobs')
export class JobController {
  constructor(
    private readonly reader: JobReader,
    private readonly jobs: Jobs,
  ) {}

  @Get()
  @AnyMember()
  @Returns(PageOf(JobResponse), 'Your jobs, newest first; with system:read those of everybody')
  listJobs(@Query() query: PageQuery): Promise<Page<JobResponse>> {
    return this.reader.list(query);
  }

  @Get(':id')
  @AnyMember()
  @Returns(JobResponse, 'How far a job is')
  getJob(@Id() id: string): Promise<JobResponse> {
    return this.reader.get(id);
  }

  @Post(':id/cancel')
  @AnyMember()
  @HttpCode(200)
  @Returns(JobResponse, 'Let a job be; one that runs stops within seconds and leaves nothing')
  async cancelJob(@Id() id: string): Promise<JobResponse> {
    await this.reader.get(id);
    await this.jobs.cancel(id);
    return this.reader.get(id);
  }

  @Get(':id/result')
  @AnyMember()
  @ApiOperation({ summary: 'The file that a job has left' })
  @ApiResponse({
    status: 200,
    description: 'Of an import: the rows that failed, as CSV.',
    content: {
      'application/json': { schema: { type: 'string', description: 'CSV, whatever is accepted' }, example: 'row' },
      'text/csv': { schema: { type: 'string' }, example: 'row,line,externalId,pointer,code,message\r\n' },
    },
  })
  async getJobResult(@Id() id: string): Promise<StreamableFile> {
    const { job, bytes } = await this.reader.file(id);
    return new StreamableFile(bytes, {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: `attachment; filename="${job.kind}-${job.id}.csv"`,
      length: bytes.length,
    });
  }
}
