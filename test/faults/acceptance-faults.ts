import type { Fault } from './fault';

const acceptance = 'test/e2e/risk-acceptance.e2e';
const end = 'test/e2e/risk-acceptance-end';
const reviews = 'test/e2e/risk-reviews';

const service = 'src/risk/acceptance/acceptance.service.ts';
const expiry = 'src/risk/acceptance/acceptance-expiry.ts';
const changes = 'src/risk/risk-changes.ts';

/** Mistakes in who accepts a risk, until when, and when it is looked at again. */
export const acceptanceFaults: readonly Fault[] = [
  {
    name: 'one approves what one has asked for',
    file: service,
    find: '  if (pending.requestedBy === currentActor().userId) throw new OwnAcceptance();\n',
    replace: '',
    caughtBy: [acceptance],
  },
  {
    name: 'anybody withdraws a request',
    file: service,
    find: '      if (requestedBy !== currentActor().userId) throw new NotRequester();\n',
    replace: '',
    caughtBy: [acceptance],
  },
  {
    name: 'one decides on another version than one has seen',
    file: service,
    find: '      assertVersion(expected, risk.version);\n',
    replace: '',
    caughtBy: [acceptance],
  },
  {
    name: 'one approves what one may not accept',
    file: service,
    find: 'Permission.RiskAccept, async ({ tx, risk, pending, inForce })',
    replace: 'Permission.RiskRead, async ({ tx, risk, pending, inForce })',
    caughtBy: [acceptance],
  },
  {
    name: 'what has lapsed is approved',
    file: service,
    find: '      if (validUntil < utcToday()) throw new AcceptanceLapsed(validUntil);\n',
    replace: '',
    caughtBy: [end],
  },
  {
    name: 'a risk is accepted after the last day',
    file: 'src/risk/lifecycle/lifecycle-facts.ts',
    find: ' AND a.valid_until >= $3::date',
    replace: ' AND $3::date IS NOT NULL',
    caughtBy: [end],
  },
  {
    name: 'a risk that moves on keeps its acceptance',
    file: changes,
    find: 'await endAcceptances(tx, current, status)',
    replace: '{}',
    caughtBy: [acceptance],
  },
  {
    name: 'a risk without acceptance stays accepted',
    file: changes,
    find: 'current.status === WITHOUT_ACCEPTANCE.from ? WITHOUT_ACCEPTANCE.to : current.status',
    replace: 'current.status',
    caughtBy: [acceptance, end],
  },
  {
    name: 'an acceptance ends on its last day',
    file: expiry,
    find: 'if (validUntil < today) {',
    replace: 'if (validUntil <= today) {',
    caughtBy: [end],
  },
  {
    name: 'instances that expire the same acceptance do not wait for each other',
    file: expiry,
    find: 'await lockRisks(tx, [riskId])',
    replace: 'await readRisks(tx, [riskId])',
    caughtBy: [end],
  },
  {
    name: 'what expires is not evicted',
    file: expiry,
    find: '  @CacheEvict({ tags: [RiskTags.one, RiskTags.counted] })\n',
    replace: '',
    caughtBy: [end],
  },
  {
    name: 'it is said again and again that an acceptance expires',
    file: expiry,
    find: "status === 'PENDING' || isWarned ||",
    replace: "status === 'PENDING' ||",
    caughtBy: [end],
  },
  {
    name: 'nobody looks for what has expired',
    file: expiry,
    find: "  @DurableJob({ kind: 'acceptance.expire', every: 'hour' })\n",
    replace: '',
    caughtBy: [end],
  },
  {
    name: 'overdue reviews are shown beyond reach',
    file: 'src/risk/reviews/review.reader.ts',
    find: 'reachSql(currentReach(Permission.RiskRead), bind)',
    replace: "reachSql('tenant', bind)",
    caughtBy: [reviews],
  },
  {
    name: 'a review that is due today is overdue',
    file: 'src/risk/reviews/review.reader.ts',
    find: 'r.next_review_at < $2::date',
    replace: 'r.next_review_at <= $2::date',
    caughtBy: [reviews],
  },
];
