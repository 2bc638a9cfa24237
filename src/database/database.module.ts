import { Global, Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { provideConfig } from '../config/config.module';
import { IsolationViolations, isolationViolationsProvider } from '../metrics/isolation-violations';
import { ConnectionPool } from './connection-pool';
import { Database } from './database';
import { DatabaseConfig } from './database.config';
import { poolOptions } from './pool-options';
import { PoolMetrics, poolMetricProviders } from './pool.metrics';
import { prepareDatabase } from './prepare-database';
import { TableStatistics } from './table-statistics';

const logger = new Logger('Database');

@Module({ providers: [provideConfig(DatabaseConfig)], exports: [DatabaseConfig] })
class DatabaseConfigModule {}

/** Opens the pool once the schema is current and the role is one that row level security binds. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      imports: [DatabaseConfigModule],
      inject: [DatabaseConfig],
      useFactory: async (config: DatabaseConfig) => {
        await prepareDatabase(config, (progress) => logger.log(progress));
        return {
          type: 'postgres' as const,
          url: config.applicationUrl,
          applicationName: 'openrisk',
          // A feature names its entities with TypeOrmModule.forFeature; the schema itself is only ever made by migrations.
          autoLoadEntities: true,
          synchronize: false,
          installExtensions: false,
          extra: poolOptions(config),
          poolErrorHandler: (error: Error) => logger.warn(`A database connection broke: ${error.message}`),
          retryAttempts: 0,
        };
      },
    }),
    DatabaseConfigModule,
  ],
  providers: [
    {
      provide: ConnectionPool,
      inject: [DataSource, DatabaseConfig],
      useFactory: (dataSource: DataSource, config: DatabaseConfig) => {
        const pool = new ConnectionPool(poolOf(dataSource), config);
        drainBeforeDestroy(dataSource, pool);
        return pool;
      },
    },
    Database,
    TableStatistics,
    ...poolMetricProviders,
    isolationViolationsProvider,
    IsolationViolations,
    PoolMetrics,
  ],
  exports: [Database],
})
export class DatabaseModule {}

/** The pool that TypeORM opened, so that reads and transactions share one. */
function poolOf({ driver }: DataSource): Pool {
  if ('master' in driver && driver.master instanceof Pool) return driver.master;
  throw new Error('TypeORM did not open a pool of pg');
}

/** TypeORM's module closes the data source at shutdown, at a moment of its own choosing, and would wait for ever. */
function drainBeforeDestroy(dataSource: DataSource, pool: ConnectionPool): void {
  const destroy = dataSource.destroy.bind(dataSource);
  dataSource.destroy = async () => {
    await pool.drain();
    await destroy();
  };
}
