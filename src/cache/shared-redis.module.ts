import { Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { CacheConfig } from './cache.config';
import { SharedRedis } from './shared-redis';

@Module({ providers: [provideConfig(CacheConfig), SharedRedis], exports: [SharedRedis] })
export class SharedRedisModule {}
