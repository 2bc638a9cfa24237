import { statementSpan } from './statement-span';

describe('a statement in a trace', () => {
  it.each([
    ['BEGIN ISOLATION LEVEL READ COMMITTED', 'BEGIN'],
    ['COMMIT', 'COMMIT'],
    [`SELECT set_config('app.tenant_id', $1, true)`, 'SELECT'],
    ['SELECT r.id, (SELECT count(*) FROM risk_assets a WHERE (a.risk_id = r.id)) FROM risks r', 'SELECT risks'],
    ['WITH found AS (SELECT id FROM risks) SELECT id FROM found JOIN assets USING (id)', 'SELECT found'],
    ['SELECT r.id FROM (SELECT id FROM risks WHERE (a = (b))) r LEFT JOIN (SELECT 1 FROM users) u', 'SELECT risks'],
    ['INSERT INTO risks (id) SELECT id FROM drafts', 'INSERT risks'],
    ['\n  UPDATE risks SET title = $1', 'UPDATE risks'],
    ['DELETE FROM risks WHERE id = $1', 'DELETE risks'],
    ['', 'SQL'],
  ])('%j is named %j', (sql, name) => {
    expect(statementSpan(sql).name).toBe(name);
    expect(statementSpan(sql)).toBe(statementSpan(sql));
  });
});
