import { randomUUID } from 'node:crypto';
import { riskRequest } from '../factories/risk';
import type { NamedCaller } from './callers';

/** What a request is made of that would succeed, if the caller may make it. */
export interface Given {
  readonly caller: NamedCaller;
  /** In the caller's tenant: a role that grants nothing, a member, a risk that the caller owns. */
  readonly emptyRoleId: string;
  readonly memberId: string;
  readonly riskId: string;
}

const unique = (): string => randomUUID().slice(0, 13);

/** Bodies by operation, where the example of the OpenAPI document names things of the demo tenant. */
export const bodies: Readonly<Record<string, (given: Given) => unknown>> = {
  login: () => ({ email: `${unique()}@example.test`, password: 'wrong' }),
  refreshSession: () => ({ refreshToken: 'orr_x' }),
  switchTenant: ({ caller }) => ({ tenant: caller.tenant.slug }),
  createApiToken: () => ({ name: 'test' }),
  addMember: ({ emptyRoleId }) => ({
    ...{ email: `${unique()}@example.test`, name: 'New', roleId: emptyRoleId },
    password: 'kestrel orbit 4711 lime',
  }),
  updateMember: () => ({ status: 'ACTIVE' }),
  updateMemberRole: ({ emptyRoleId }) => ({ roleId: emptyRoleId }),
  createRole: () => ({ name: unique(), level: 0, grants: [] }),
  updateRole: () => ({ description: unique() }),
  addRolePermission: () => ({ permission: 'risk:read', scope: 'own' }),
  createTeam: () => ({ name: unique() }),
  updateTeam: () => ({ description: unique() }),
  addTeamMember: ({ memberId }) => ({ userId: memberId }),
  createInvitation: ({ emptyRoleId }) => ({ email: `${unique()}@example.test`, roleId: emptyRoleId }),
  createTenant: () => ({ name: 'New', slug: `t-${unique()}` }),
  updateTenant: () => ({ name: unique() }),
  createRisk: () => riskRequest(),
  updateRisk: () => ({ title: unique() }),
  createRiskComment: () => ({ text: unique() }),
  updateRiskComment: () => ({ text: unique() }),
  createAsset: () => ({ name: unique(), type: 'Server' }),
  updateAsset: () => ({ name: unique() }),
  createCustomField: () => ({ key: `f${unique()}`, label: 'New', type: 'text' }),
  updateCustomField: () => ({ label: unique() }),
  transitionRisk: () => ({ status: 'IDENTIFIED' }),
  requestRiskAcceptance: () => ({ justification: unique(), validUntil: '2099-12-31' }),
  approveRiskAcceptance: () => ({}),
  rejectRiskAcceptance: () => ({}),
  withdrawRiskAcceptance: () => ({}),
  revokeRiskAcceptance: () => ({}),
  reviewRisk: () => ({ outcome: 'CONFIRMED' }),
  changeRisksInBulk: ({ riskId }) => ({ operations: [{ op: 'update', id: riskId, change: { title: unique() } }] }),
  configureApp: () => ({ name: unique(), configuration: {} }),
  createMitigation: () => ({ title: unique() }),
  updateMitigation: () => ({ title: unique() }),
  createSubAction: () => ({ title: unique() }),
  updateSubAction: () => ({ title: unique() }),
};

/** Where the version of what a change names is kept. */
export const versions: Readonly<Record<string, string>> = {
  risk: 'SELECT version FROM risks WHERE id = $1',
  'deleted-risk': 'SELECT version FROM risks WHERE id = $1',
  mitigation: 'SELECT version FROM mitigations WHERE id = $1',
  'risk-comment': 'SELECT max(version) AS version FROM risk_comments WHERE risk_id = $1',
  asset: 'SELECT version FROM assets WHERE id = $1',
  'custom-field': 'SELECT version FROM custom_fields WHERE id = $1',
  'risk-to-accept': 'SELECT version FROM risks WHERE id = $1',
  'accepted-risk': 'SELECT version FROM risks WHERE id = $1',
  member: 'SELECT max(version) AS version FROM memberships WHERE user_id = $1',
  role: 'SELECT version FROM roles WHERE id = $1',
  team: 'SELECT version FROM teams WHERE id = $1',
  app: 'SELECT version FROM apps WHERE id = $1',
  tenant: 'SELECT version FROM tenants WHERE id = $1',
};
