import { Module } from '@nestjs/common';
import { CacheAdminController } from './cache-admin.controller';
import { CacheAdminService } from './cache-admin.service';
import { PoolController } from './pool.controller';

@Module({ controllers: [CacheAdminController, PoolController], providers: [CacheAdminService] })
export class AdminModule {}
