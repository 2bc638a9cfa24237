import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '../database/database';
import { Returns } from '../http/returns.decorator';
import { Permission } from '../rbac/permission';
import { Requires } from '../rbac/requires.decorator';
import { PoolStatsResponse } from './pool.dto';

@ApiTags('Operations')
@Controller('admin/pool')
export class PoolController {
  constructor(private readonly database: Database) {}

  @Get()
  @Requires(Permission.SystemRead)
  @Returns(PoolStatsResponse, 'How the answering process uses its connections to Postgres')
  getPoolStats(): PoolStatsResponse {
    return this.database.poolStats();
  }
}
