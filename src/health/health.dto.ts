import { Choice, Nested, Text } from '../http/fields.decorator';

export class LivenessResponse {
  @Choice(['ok'], { example: 'ok' })
  status!: 'ok';
}

class CacheHealthResponse {
  @Choice(['ok', 'degraded'], { about: 'degraded: Redis is away and reads go to Postgres.', example: 'ok' })
  status!: 'ok' | 'degraded';

  @Text({ max: 20, example: 'memory' })
  store!: string;
}

class DatabaseHealthResponse {
  @Choice(['ok'], { example: 'ok' })
  status!: 'ok';

  @Choice(['healthy', 'warning', 'critical'], { about: 'Use of the connection pool.', example: 'healthy' })
  pool!: 'healthy' | 'warning' | 'critical';
}

export class HealthResponse {
  @Choice(['ok'], { example: 'ok' })
  status!: 'ok';

  @Nested(() => DatabaseHealthResponse)
  database!: DatabaseHealthResponse;

  @Nested(() => CacheHealthResponse)
  cache!: CacheHealthResponse;
}
