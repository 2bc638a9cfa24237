import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { csvLine } from '../../audit/csv-line';
import { utcToday } from '../../http/period';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { DashboardReader } from '../dashboard.reader';
import { seriesRange } from './series-range';
import { SeriesPoint, TimeseriesQuery, TimeseriesResponse } from './timeseries.dto';

const columns = ['time', 'metric', 'value', 'label'] as const satisfies (keyof SeriesPoint)[];

@ApiTags('Dashboard')
@Controller('stats/timeseries')
export class TimeseriesController {
  constructor(private readonly dashboard: DashboardReader) {}

  @Get()
  @Requires(Permission.DashboardRead)
  @ApiExtraModels(TimeseriesResponse)
  @ApiOperation({ summary: 'One number over time, flat, for Grafana and spreadsheets' })
  @ApiResponse({
    status: 200,
    description: 'The points as JSON, or as CSV with a header.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(TimeseriesResponse) } },
      'text/csv': { schema: { type: 'string' }, example: csvLine(columns) },
    },
  })
  async getTimeseries(
    @Query() query: TimeseriesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TimeseriesResponse | string> {
    const { metric, interval, groupBy, format } = query;
    const answer = await this.dashboard.timeseries({ metric, interval, groupBy }, seriesRange(query, utcToday()));
    if (format === 'json') return answer;
    reply.header('content-type', 'text/csv; charset=utf-8; header=present');
    return csvOf(answer.points);
  }
}

function csvOf(points: readonly SeriesPoint[]): string {
  return [csvLine(columns), ...points.map((point) => csvLine(columns.map((column) => String(point[column]))))].join('');
}
