import { runInContext } from '../../src/context/request-context';
import { DailySnapshots } from '../../src/dashboard/days/daily-snapshots';
import { JobQueue } from '../../src/jobs/job-queue';
import { JobRunner } from '../../src/jobs/job-runner';
import { AcceptanceExpiry } from '../../src/risk/acceptance/acceptance-expiry';
import { TallyCompaction } from '../../src/risk/statistics/tally-compaction';
import type { TestApp } from '../support/test-app';
import type { World } from './world';

/** Durable jobs that change something of a tenant, run as they would be by the process they fall to. */
export const jobs: Readonly<Record<string, (app: TestApp, world: World) => Promise<unknown>>> = {
  'acceptance.expire': (app, world) =>
    asTenant(app, () => app.app.get(AcceptanceExpiry, { strict: false }).settleAll(world.day(1))),
  'dashboard.snapshot': (app) =>
    asTenant(app, () => app.app.get(DailySnapshots, { strict: false }).take({ period: new Date() })),
  'risk.compact-tallies': (app) => asTenant(app, () => app.app.get(TallyCompaction, { strict: false }).compact()),
  'marketplace.sync': async (app, world) => {
    await app.as('admin').post(`/api/v1/marketplace/apps/${world.some('apps')}/sync`);
    const job = await app.app.get(JobQueue, { strict: false }).fetch('sync');
    if (job) await app.app.get(JobRunner, { strict: false }).run(job);
  },
  'risk.import': async (app, world) => {
    const rows = `title,probability,impact,externalId\n${world.word()},${world.rating()},${world.rating()},X1\n`;
    const answer = await app
      .as('admin')
      .send('POST', '/api/v1/risks/import-jobs', rows, { 'content-type': 'text/csv' });
    const job = await app.app.get(JobQueue, { strict: false }).fetch('long');
    if (!job) throw new Error(`There is no job after ${answer.status} ${answer.text}`);
    await app.app.get(JobRunner, { strict: false }).run(job);
  },
};

/** Applications of tests work on no jobs by themselves; they are fetched here when their turn has come. */
export async function withQueue<Result>(apps: readonly TestApp[], run: () => Promise<Result>): Promise<Result> {
  const queues = apps.map(({ app }) => app.get(JobQueue, { strict: false }));
  try {
    for (const queue of queues) await queue.open();
    return await run();
  } finally {
    for (const queue of queues) await queue.close();
  }
}

function asTenant<Result>({ acme }: TestApp, run: () => Promise<Result>): Promise<Result> {
  return runInContext({ requestId: 'job', tenantId: acme.id }, run);
}
