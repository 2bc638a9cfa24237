import type { Fault } from './fault';

const change = 'test/e2e/risk-change-cache';
const tags = 'src/risk/risk.cache.ts';

/** Mistakes in what a write makes old, and in what its decorators say of it. */
export const cacheFaults: readonly Fault[] = [
  {
    name: 'a category is taken for words that nothing counts by',
    file: tags,
    find: 'description: true, ',
    replace: 'description: true, category: true, ',
    caughtBy: [change],
    tests: 'whoever asks: category',
  },
  {
    name: 'a due date is taken for words that nothing counts by',
    file: tags,
    find: 'description: true, ',
    replace: 'description: true, dueDate: true, ',
    caughtBy: [change],
    tests: 'whoever asks: dueDate',
  },
  {
    name: 'who owns a risk is taken for something that is only counted',
    file: tags,
    find: 'assetIds: true, dueDate: true',
    replace: 'assetIds: true, ownerId: true, dueDate: true',
    caughtBy: [change],
    tests: 'whoever asks: ownerId',
  },
  {
    name: 'a transition leaves statistics where they are',
    file: 'src/risk/risk.service.ts',
    find: '({ ...asRead, evicts: { tags: [RiskTags.one, RiskTags.counted] } })\n  transition(',
    replace: '({ ...asRead, evicts: { tags: [RiskTags.one, RiskTags.shown] } })\n  transition(',
    caughtBy: [change],
    tests: 'a transition',
  },
  {
    name: 'a change of a mitigation leaves lists of mitigations where they are',
    file: 'src/risk/mitigations/mitigation.cache.ts',
    find: '[MitigationTags.one(id), MitigationTags.all, MitigationTags.ofRisk(riskId)]',
    replace: '[MitigationTags.one(id), MitigationTags.ofRisk(riskId)]',
    caughtBy: ['test/e2e/mitigation-cache'],
  },
  {
    name: 'one tenant after the other is sent its webhooks',
    file: 'src/marketplace/webhooks/webhook-loop.ts',
    find: 'const TENANTS_AT_ONCE = 16;',
    replace: 'const TENANTS_AT_ONCE = 1;',
    caughtBy: ['test/e2e/webhook-turns'],
  },
];
