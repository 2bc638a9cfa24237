/** One rule per arrow of docs/architecture.md: arrows between rooms go down, or sideways through a named door. */
const tiers = {
  ground: 'config|context|errors|http|logging|metrics|tracing',
  platform: 'cache|database|health|jobs|rate-limit|idempotency|secrets|outbound|outbox',
  access: 'auth|rbac|audit',
  features: 'risk|dashboard|marketplace|admin|background-jobs',
};
const doors = '[.](reader|events|decorator|module)[.]ts$';
/** Names, shapes and pure rules that a door speaks in: permissions, tags, scores, requests and responses. */
const vocabulary =
  '([.](cache|dto|errors)|/permission|/principal|/risk-score|/risk-terms|/risk-lifecycle|/mitigation-lifecycle|/csv-line|/import-row)[.]ts$';
/** The doors to Postgres, for every room above the ground, and to Redis; and where Postgres is, for the queue with its own pool. */
const connections = '^src/(database/(database|database[.]config|session)|cache/shared-redis)[.]ts$';
/** The door to the audit log: every change is written down in its own transaction. */
const auditLog = '^src/audit/audit-log[.]ts$';
/** The doors by which somebody without rights yet enters: auth knows who they are, rbac makes them a member. */
const joining = '^src/rbac/(invitations/accept-invitation|tenants/create-tenant)[.]ts$';
/** How passwords are hashed, for accounts that an administrator makes. */
const passwords = '^src/auth/password[.]ts$';
/** The doors by which what a connector brings becomes risks: how its rows are read, and how they are stored. */
const synchronisation = '^src/risk/(import/connector-rows|sync/(risk-sync|sync-record))[.]ts$';
const room = (names) => `^src/(${names})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or one of them is in the wrong room.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'ground-knows-nobody-above',
      comment: 'Config, context, errors, http, logging, metrics and tracing are used by all and know none.',
      severity: 'error',
      from: { path: room(tiers.ground) },
      to: { path: room(`${tiers.platform}|${tiers.access}|${tiers.features}|start`) },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'Cache, database and health are libraries of ours: they know neither access nor features.',
      severity: 'error',
      from: { path: room(tiers.platform) },
      to: { path: room(`${tiers.access}|${tiers.features}|start`) },
    },
    {
      name: 'access-knows-no-feature',
      comment: 'Who may do what is decided without knowing what a risk is.',
      severity: 'error',
      from: { path: room(tiers.access) },
      to: { path: room(`${tiers.features}|start`) },
    },
    {
      name: 'features-know-no-launcher',
      comment: 'The application runs in any deployment; the launcher of `npm start` is one of them.',
      severity: 'error',
      from: { path: room(tiers.features) },
      to: { path: room('start') },
    },
    {
      name: 'sideways-through-doors',
      comment: 'A room of the access or feature tier meets another one only through its doors.',
      severity: 'error',
      from: { path: `^src/(${tiers.access}|${tiers.features})/` },
      to: {
        path: room(`${tiers.access}|${tiers.features}`),
        pathNot: ['^src/$1/', doors, vocabulary, auditLog, joining, passwords, synchronisation],
      },
    },
    {
      name: 'platform-sideways-through-doors',
      comment: 'The cache hears of commits and health asks how things are; neither looks inside another room.',
      severity: 'error',
      from: { path: room(tiers.platform) },
      to: { path: room(tiers.platform), pathNot: ['^src/$1/', doors, vocabulary, connections] },
    },
    {
      name: 'risk-never-knows-the-dashboard',
      comment: 'The dashboard asks the readers of risk; the other way round is a cycle of rooms.',
      severity: 'error',
      from: { path: '^src/risk/' },
      to: { path: '^src/dashboard/' },
    },
    {
      name: 'one-door-to-postgres',
      comment: 'pg and TypeORM connections are made in the database room and by the launcher and the tests only.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(database|start)/' },
      to: { path: '^node_modules/pg/' },
    },
    {
      name: 'one-door-to-redis',
      comment: 'Only the cache room makes connections to Redis; others ask its shared-redis.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cache/' },
      to: { path: '^node_modules/(cache-manager|cache-manager-redis-yet|redis|@redis)/' },
    },
    {
      name: 'pure-rules',
      comment: 'Scores and lifecycles are pure: they import nothing of Nest and do no I/O.',
      severity: 'error',
      from: { path: '^src/risk/(risk-score|lifecycle/risk-lifecycle)[.]ts$' },
      to: { path: '^node_modules/|^src/(database|cache|http)/' },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Sources import no specs and nothing from test/.',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.]spec[.]ts$' },
      to: { path: '^test/|[.]spec[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
