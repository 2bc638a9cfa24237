import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CacheStatsReader } from '../cache/cache-stats.reader';
import { Returns } from '../http/returns.decorator';
import { Permission } from '../rbac/permission';
import { Requires } from '../rbac/requires.decorator';
import { CacheStatsResponse, EvictRequest, EvictResponse, toCacheStatsResponse } from './cache-admin.dto';
import { CacheAdminService } from './cache-admin.service';

@ApiTags('Operations')
@Controller('admin/cache')
export class CacheAdminController {
  constructor(
    private readonly stats: CacheStatsReader,
    private readonly admin: CacheAdminService,
  ) {}

  @Get()
  @Requires(Permission.SystemRead)
  @Returns(CacheStatsResponse, 'How the cache of the answering process is doing')
  getCacheStats(): CacheStatsResponse {
    return toCacheStatsResponse(this.stats.stats());
  }

  @Post('evict')
  @Requires(Permission.SystemAdmin)
  @Returns(EvictResponse, 'Evict what the tenant has in the cache, for all instances')
  evictFromCache(@Body() request: EvictRequest): Promise<EvictResponse> {
    return this.admin.evict(request);
  }
}
