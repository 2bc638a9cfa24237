import type { Random } from '../history/random';

/** What a change is made of: words and ids to choose from. */
export interface Words {
  readonly random: Random;
  /** In every text that is written. */
  readonly canary: string;
  readonly unique: () => string;
  /** Ids of a room: mostly the tenant's own, sometimes the other's. */
  readonly some: (room: 'users' | 'risks' | 'roles' | 'teams' | 'assets') => string;
}

type Body = object | string | undefined;

/** Changes that leave the tenant what it is, by operation. */
export const changes: Readonly<Record<string, (words: Words) => Body>> = {
  createRisk: (words) => risk(words),
  updateRisk: ({ random, canary, unique, some }) =>
    random.pick([
      { title: `shared ${canary} ${unique()}` },
      { ownerId: some('users') },
      { assigneeId: null, tags: [canary, 'shared'] },
      { probability: 1 + Math.floor(random.next() * 5), residualProbability: null, residualImpact: null },
    ]),
  transitionRisk: ({ random, canary }) => ({
    status: random.pick(['IDENTIFIED', 'ASSESSED', 'TREATMENT_PLANNED', 'IN_TREATMENT', 'MITIGATED', 'CLOSED']),
    comment: canary,
  }),
  restoreRisk: () => undefined,
  createMitigation: ({ canary, unique, some, random }) => ({
    ...{ title: `shared ${canary} ${unique()}`, durationDays: Math.floor(random.next() * 30) },
    ...(random.chance(0.3) && { assigneeId: some('users') }),
  }),
  updateMitigation: ({ canary, unique, some, random }) =>
    random.pick([
      { title: `shared ${canary} ${unique()}` },
      { assigneeId: some('users') },
      { status: random.pick(['PLANNED', 'IN_PROGRESS', 'DONE', 'CANCELLED']) },
    ]),
  createSubAction: ({ canary, unique }) => ({ title: `${canary} ${unique()}` }),
  updateSubAction: ({ canary, unique, random }) => ({ title: `${canary} ${unique()}`, done: random.chance(0.5) }),
  changeRisksInBulk: (words) => ({
    atomic: words.random.chance(0.3),
    operations: [
      { op: 'update', id: words.some('risks'), change: { description: `bulk ${words.canary}` } },
      { op: 'create', risk: risk(words) },
    ],
  }),
  importRisks: ({ canary, unique }) => `title,probability,impact,externalId\n${canary},2,3,${canary}-${unique()}\n`,
  createRiskComment: ({ canary, unique }) => ({ text: `${canary} ${unique()}` }),
  createAsset: ({ canary, unique, some }) => ({ name: `${canary} ${unique()}`, type: canary, ownerId: some('users') }),
  updateAsset: ({ random, canary, unique }) =>
    random.pick([{ name: `${canary} ${unique()}` }, { criticality: random.pick(['LOW', 'HIGH']) }]),
  createCustomField: ({ canary, unique }) => ({ key: `${canary}-${unique()}`, label: canary, type: 'text' }),
  updateCustomField: ({ canary, unique }) => ({ label: `${canary} ${unique()}` }),
  configureApp: ({ canary, unique }) => ({ name: `${canary} ${unique()}`, configuration: {} }),
  disableApp: () => undefined,
  enableApp: () => undefined,
  scheduleSync: ({ random }) => ({ autoSync: false, syncIntervalSeconds: 60 + Math.floor(random.next() * 1_000) }),
  startSync: () => undefined,
  cancelSyncRun: () => undefined,
  replayDelivery: () => undefined,
  replayDeliveries: () => ({ from: '2026-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' }),
  rotateWebhookSecret: () => undefined,
  reviewConnector: ({ canary, random }) => ({ rating: 1 + Math.floor(random.next() * 5), comment: canary }),
  createTeam: ({ canary, unique }) => ({ name: `${canary} ${unique()}`, description: canary }),
  updateTeam: ({ canary, unique }) => ({ description: `${canary} ${unique()}` }),
  addTeamMember: ({ some }) => ({ userId: some('users') }),
  createRole: ({ canary, unique }) => ({
    name: `${canary} ${unique()}`,
    level: 0,
    grants: [{ permission: 'risk:read', scope: 'own' }],
  }),
  updateRole: ({ canary, unique }) => ({ description: `${canary} ${unique()}` }),
  updateTenant: ({ canary, unique }) => ({ metadata: { [canary]: `${canary} ${unique()}` } }),
  createInvitation: ({ canary, unique, some }) => ({ email: `${canary}${unique()}@x.test`, roleId: some('roles') }),
  evictFromCache: ({ random }) => random.pick([{ caches: ['risk'] }, { caches: ['rbac', 'dashboard'] }]),
};

/** Changes that would end something: only ever aimed at what the other tenant has. */
export const ends: Readonly<Record<string, (words: Words) => Body>> = {
  deleteRisk: () => undefined,
  deleteAsset: () => undefined,
  uninstallApp: () => undefined,
  deleteCustomField: () => undefined,
  deleteMitigation: () => undefined,
  deleteSubAction: () => undefined,
  deleteTenant: () => undefined,
  suspendTenant: () => undefined,
  resumeTenant: () => undefined,
  restoreTenant: () => undefined,
  removeMember: () => undefined,
  updateMember: () => ({ status: 'DISABLED' }),
  updateMemberRole: ({ some }) => ({ roleId: some('roles') }),
  addRolePermission: () => ({ permission: 'risk:read', scope: 'own' }),
  removeRolePermission: () => undefined,
  deleteRole: () => undefined,
  deleteTeam: () => undefined,
  removeTeamMember: () => undefined,
  revokeInvitation: () => undefined,
  revokeSession: () => undefined,
  revokeApiToken: () => undefined,
};

function risk({ random, canary, unique, some }: Words): object {
  return {
    ...{ title: `shared ${canary} ${unique()}`, description: canary, category: canary, tags: [canary, 'shared'] },
    ...{ probability: 1 + Math.floor(random.next() * 5), impact: 3 },
    ...(random.chance(0.3) && { ownerId: some('users') }),
  };
}
