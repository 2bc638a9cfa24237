import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../http/public.decorator';
import { Returns } from '../http/returns.decorator';
import { HealthResponse, LivenessResponse } from './health.dto';
import { HealthService } from './health.service';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Public()
  @Returns(LivenessResponse, 'The process answers; says nothing about what it depends on')
  getLiveness(): LivenessResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @Returns(HealthResponse, 'Whether requests can be served now: 503 while Postgres is away or a shutdown has begun')
  getReadiness(): Promise<HealthResponse> {
    return this.health.readiness();
  }

  @Get('startup')
  @Public()
  @Returns(LivenessResponse, 'The boot is over: migrations have run and the schema was checked')
  getStartup(): LivenessResponse {
    return { status: 'ok' };
  }
}
