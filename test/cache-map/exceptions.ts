type Reasons = Readonly<Record<string, string>>;

/** Operations and jobs that write and make no cached answer old. */
export const evictsNothing: Reasons = {
  createApiToken: 'a token that nobody has used is in no cache, and the list of tokens is in none',
  registerAccount: 'makes a tenant of its own, of which nothing is cached',
  setUpInstallation: 'is refused once there is a tenant, and before that nothing is cached',
  createInvitation: 'invitations are in no cache',
  revokeInvitation: 'invitations are in no cache',
  createTenant: 'makes a tenant of which nothing is cached; the list of the own ones is in no cache',
  startRiskImport: 'the job evicts, when it runs; jobs are in no cache',
  startSync: 'the run evicts, when it changes risks and when it ends; runs are in no cache',
  cancelJob: 'jobs are in no cache',
  previewRiskSettings: 'changes nothing',
  'job tenant.purge': 'nobody is let into a deleted tenant, whose caches were told when it was deleted',
  'job jobs.expire-files': 'files of jobs are in no cache',
  'job outbox.forget': 'events are in no cache',
  'job marketplace.sync-due': 'starts runs, which evict',
  'job dashboard.snapshot': 'keeps what the dashboard would compute: its answers stay the same',
  'job risk.compact-tallies': 'adds rows up: the totals stay the same',
};

/** Cached answers that no write makes old. */
export const neverOld: Reasons = {};

/** Methods with `@CacheEvict` or `@CachePut` that no operation and no job ends in. */
export const calledByNone: Reasons = {};

/** Evicts what its caller names, whatever that is: nothing that could be listed. */
export const evictsAtWill = 'evictFromCache';
