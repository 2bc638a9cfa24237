import { readConfig } from '../config/read-config';
import { DatabaseConfig } from './database.config';

const url = { DATABASE_URL: 'postgres://app@db/openrisk' };

describe('DatabaseConfig', () => {
  it('takes the pool profile from NODE_ENV, and from DB_POOL_PROFILE before that', () => {
    expect(readConfig(DatabaseConfig, { ...url, NODE_ENV: 'production' }).pool.maxOpen).toBe(100);
    const staging = { ...url, NODE_ENV: 'production', DB_POOL_PROFILE: 'staging' };
    expect(readConfig(DatabaseConfig, staging).pool.maxOpen).toBe(50);
  });

  it('lets single limits be replaced', () => {
    const config = readConfig(DatabaseConfig, { ...url, DB_POOL_MAX_OPEN: '5', DB_POOL_MAX_IDLE_TIME_MS: '1000' });
    expect(config.pool).toEqual({ maxOpen: 5, minIdle: 2, maxLifetimeMs: 600_000, maxIdleTimeMs: 1000 });
  });

  it.each([
    [{}, 'DATABASE_URL must be set'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be a postgres:// URL'],
    [{ ...url, DB_POOL_MAX_OPEN: '0' }, 'DB_POOL_MAX_OPEN="0" must be'],
    [{ ...url, DB_POOL_MAX_OPEN: '3', DB_POOL_MIN_IDLE: '4' }, 'must not exceed DB_POOL_MAX_OPEN=3'],
    [{ ...url, DB_POOL_PROFILE: 'huge' }, 'DB_POOL_PROFILE="huge" must be one of'],
    [{ ...url, DB_POOL_WARNING_RATIO: '0.95' }, 'must not exceed DB_POOL_CRITICAL_RATIO'],
  ])('refuses %j', (env, problem) => {
    expect(() => readConfig(DatabaseConfig, env)).toThrow(problem);
  });
});
