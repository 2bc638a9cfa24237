import { Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { CacheConfig } from './cache.config';
import { oneServerProviders } from './one-server';
import { SharedRedis } from './shared-redis';

@Module({ providers: [provideConfig(CacheConfig), ...oneServerProviders, SharedRedis], exports: [SharedRedis] })
export class SharedRedisModule {}
