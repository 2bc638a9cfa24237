import { expectThat, type Checklist } from './checklist';
import { jsonOf, type Deployment } from './deployment';

interface Readiness {
  readonly database: { readonly status: string; readonly pool: string };
  readonly cache: { readonly status: string; readonly store: string };
}

export async function checkHealth(checklist: Checklist, deployment: Deployment): Promise<void> {
  for (const probe of ['live', 'startup']) {
    await checklist.check(`health/${probe}`, async () => {
      const { status } = await deployment.ask(`/health/${probe}`);
      expectThat(status === 200, `answers ${status}`);
      return 'answers 200';
    });
  }
  await checklist.check('health/ready', async () => {
    const answer = await deployment.ask('/health/ready');
    expectThat(answer.status === 200, `answers ${answer.status}`);
    const { database, cache } = jsonOf(answer) as Readiness;
    expectThat(database.pool !== 'critical', 'the connection pool is all but used up');
    expectThat(cache.status === 'ok', `the cache (${cache.store}) is ${cache.status}: reads go to Postgres`);
    return `pool ${database.pool}, cache in ${cache.store}`;
  });
}
