import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { createTestDatabase } from '../support/database';
import { withClient } from '../support/open-database';

describe('the services that tests run against', () => {
  it('include a Postgres with everything the schema asks for', async () => {
    const database = await createTestDatabase();
    const found = await withClient(database.adminUrl, async (client) => {
      const { rows } = await client.query<{ version: number; extensions: string[] }>(
        `SELECT current_setting('server_version_num')::int AS version,
                array_agg(name::text ORDER BY name) FILTER (WHERE name IN ('btree_gin', 'pg_stat_statements', 'pg_trgm')) AS extensions
         FROM pg_available_extensions`,
      );
      return rows[0];
    });
    expect(found?.version).toBeGreaterThanOrEqual(150_000);
    expect(found?.extensions).toEqual(['btree_gin', 'pg_stat_statements', 'pg_trgm']);
    await database.drop();
  });

  it('include a Redis that keeps what it is given', async () => {
    const client = createClient({ url: process.env['OPENRISK_TEST_REDIS_URL'] });
    await client.connect();
    const key = `test-services:${randomUUID()}`;
    await client.set(key, 'kept', { EX: 10 });
    expect(await client.get(key)).toBe('kept');
    await client.disconnect();
  });

  it('give every test a database of its own, also when many ask at once', async () => {
    const [one, other, ...further] = await Promise.all(Array.from({ length: 4 }, createTestDatabase));
    const countUsers = (url: string): Promise<number | undefined> =>
      withClient(url, async (client) => {
        const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM users');
        return rows[0]?.count;
      });

    await withClient(one!.adminUrl, (client) =>
      client.query(
        `INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'ada@example.test', 'Ada', 'no password')`,
        [randomUUID()],
      ),
    );
    expect(await countUsers(one!.adminUrl)).toBe(1);
    expect(await countUsers(other!.adminUrl)).toBe(0);
    await Promise.all([one!, other!, ...further].map((database) => database.drop()));
  });

  it('let the application connect as a role without any power over the database', async () => {
    const database = await createTestDatabase();
    const forbidden = withClient(database.applicationUrl, (client) => client.query('DROP TABLE users'));
    await expect(forbidden).rejects.toThrow('must be owner of table users');
    await database.drop();
    await expect(withClient(database.applicationUrl, (client) => client.query('SELECT 1'))).rejects.toThrow(
      'does not exist',
    );
  });
});
