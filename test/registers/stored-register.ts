import { randomUUID } from 'node:crypto';
import { AccessTokens } from '../../src/auth/access-token';
import { Database } from '../../src/database/database';
import type { Transaction } from '../../src/database/session';
import { daysBefore } from '../../src/http/period';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { DEFAULT_THRESHOLDS, severityOf } from '../../src/risk/risk-score';
import { insertRows } from '../../src/start/demo/insert-rows';
import { ApiClient } from '../support/api-client';
import type { TestApp } from '../support/test-app';
import { PEOPLE, type Person, type RandomMitigation, type RandomRegister, type RandomRisk } from './random-register';

export const CALLERS = ['whole', 'team', 'own'] as const;
export type Caller = (typeof CALLERS)[number];

/** A register in a tenant of its own, and who asks for it: an Admin, and two who may read what their team or they themselves have. */
export interface StoredRegister {
  readonly tenantId: string;
  /** The UTC day that its days count from. */
  readonly today: string;
  readonly userIds: Readonly<Record<Person, string>>;
  readonly assetIds: readonly string[];
  /** Those of deleted ones among them. */
  readonly riskIds: readonly string[];
  readonly mitigationIds: readonly string[];
  readonly clients: Readonly<Record<Caller, ApiClient>>;
}

/** Past the API, which lets nobody choose when something has happened. */
export async function storeRegister(
  { app, url }: TestApp,
  register: RandomRegister,
  today: string,
): Promise<StoredRegister> {
  const tenantId = randomUUID();
  const userIds = Object.fromEntries(PEOPLE.map((person) => [person, randomUUID()])) as Record<Person, string>;
  const member = (person: Person) => ({
    ...{ id: userIds[person], name: `Name of ${person}`, email: `${userIds[person]}@registers.test` },
    ...({ role: person === 'whole' ? 'admin' : 'viewer', passwordHash: 'none' } as const),
  });
  const [first, ...others] = PEOPLE;
  const members = [member(first), ...others.map(member)] as const;
  await createTenant(app.get(Database), { id: tenantId, name: tenantId, slug: tenantId, members });

  const assets = register.assets.map((criticality, index) => ({ id: randomUUID(), name: `A${index}`, criticality }));
  const context = { userIds, assetIds: assets.map(({ id }) => id), today, isDiverse: register.isDiverse };
  const risks = register.risks.map((risk, index) => rowsOf(risk, index, context));
  const mitigations = (risks.length === 0 ? [] : register.mitigations).map((mitigation) => ({
    ...{ id: randomUUID(), riskId: risks[mitigation.risk % risks.length]?.row.id },
    ...mitigationRow(mitigation, context),
  }));
  const sessions = CALLERS.map((caller) => ({ id: randomUUID(), userId: userIds[caller] }));
  await app.get(Database).transaction(
    async (tx) => {
      await narrow(tx, 'team', userIds.team);
      await narrow(tx, 'own', userIds.own);
      const teamId = randomUUID();
      await insertRows(tx, 'teams', [{ id: teamId, name: 'Team' }]);
      const colleagues = [userIds.team, userIds.colleague];
      await insertRows(
        tx,
        'team_members',
        colleagues.map((userId) => ({ teamId, userId })),
      );
      const session = { address: '192.0.2.1', userAgent: 'tests', expiresAt: '2999-01-01' };
      await insertRows(
        tx,
        'sessions',
        sessions.map((one) => ({ ...one, ...session })),
      );
      await insertRows(
        tx,
        'assets',
        assets.map((asset) => ({
          ...asset,
          type: 'Server',
          source: 'MANUAL',
          version: 1,
          createdAt: today,
          updatedAt: today,
        })),
      );
      const rows = risks.map(({ row }) => row);
      await insertRows(tx, 'risks', rows);
      await insertRows(
        tx,
        'risk_assets',
        risks.flatMap(({ links }) => links),
      );
      await insertRows(
        tx,
        'risk_history',
        risks.flatMap(({ history }) => history),
      );
      await insertRows(tx, 'mitigations', mitigations);
    },
    { tenantId },
  );
  const tokens = app.get(AccessTokens);
  const clients = CALLERS.map((caller, index) => {
    const session = { tenantId, userId: userIds[caller], sessionId: sessions[index]?.id ?? '' };
    return [caller, new ApiClient(url, tokens.issue(session).token)];
  });
  return {
    ...{ tenantId, today, userIds, assetIds: context.assetIds },
    ...{ riskIds: risks.map(({ row }) => row.id), mitigationIds: mitigations.map(({ id }) => id) },
    clients: Object.fromEntries(clients) as Record<Caller, ApiClient>,
  };
}

/** Gives a member a role that reads as far as this scope. */
async function narrow(tx: Transaction, scope: 'team' | 'own', userId: string): Promise<void> {
  const role = { id: randomUUID(), name: scope, level: 0 };
  const permissions = ['dashboard:read', 'risk:read', 'mitigation:read'].map((read) => `${read}:${scope}`);
  await insertRows(tx, 'roles', [{ ...role, permissions, createdAt: '2020-01-01' }]);
  const statement = 'UPDATE memberships SET role_id = $2 WHERE tenant_id = $1 AND user_id = $3';
  await tx.query(statement, [tx.tenantId, role.id, userId]);
}

interface Context {
  readonly userIds: Readonly<Record<Person, string>>;
  readonly assetIds: readonly string[];
  readonly today: string;
  readonly isDiverse: boolean;
}

function rowsOf(risk: RandomRisk, index: number, { userIds, assetIds, today, isDiverse }: Context) {
  const { residual, target, owner, assignee, probability, impact, source, isDeleted, tags, frameworks } = risk;
  const id = randomUUID();
  const times = risk.versions.map(({ msAgo }) => instant(today, msAgo));
  const updatedAt = times.at(-1);
  const rating = { probability, impact, ...scored('', risk.scoreHundredths) };
  const dueDate = dayFrom(today, risk.dueDate);
  const row = {
    ...{ id, title: risk.title, category: isDiverse ? `Category ${index}` : risk.category, ...rating },
    ...{ residualProbability: residual?.probability, residualImpact: residual?.impact },
    ...scored('residual', residual?.scoreHundredths),
    ...{ targetProbability: target?.probability, targetImpact: target?.impact },
    ...scored('target', target?.scoreHundredths),
    ...{
      status: risk.versions.at(-1)?.status,
      ownerId: owner && userIds[owner],
      assigneeId: assignee && userIds[assignee],
    },
    ...{ dueDate, nextReviewAt: dayFrom(today, risk.nextReviewAt), tags, frameworks, source, customFields: {} },
    ...{ acceptanceRequested: risk.acceptanceRequested, acceptedUntil: dayFrom(today, risk.acceptedUntil) },
    acceptanceExpiring: risk.acceptedUntil !== null && risk.acceptanceExpiring,
    ...{ description: '', version: times.length, createdAt: times[0], updatedAt },
    deletedAt: isDeleted ? updatedAt : null,
  };
  const history = risk.versions.map(({ status }, version) => {
    const isLast = version === times.length - 1;
    const moved = version > 0 && status !== risk.versions[version - 1]?.status;
    return {
      ...{ riskId: id, version: version + 1, at: times[version], status, ...rating, dueDate, source },
      action: version === 0 ? 'CREATED' : isLast && isDeleted ? 'DELETED' : moved ? 'TRANSITIONED' : 'UPDATED',
      ...{ changedFields: moved ? ['status'] : [], deleted: isLast && isDeleted, snapshot: { status } },
    };
  });
  return { row, history, links: risk.assets.map((asset) => ({ riskId: id, assetId: assetIds[asset] })) };
}

function mitigationRow(mitigation: RandomMitigation, { userIds, today }: Context): object {
  const { status, assignee, msAgo, doneAfter, cost, durationDays } = mitigation;
  const createdAt = instant(today, msAgo);
  return {
    ...{ title: 'Mitigation', status, assigneeId: assignee && userIds[assignee], cost, durationDays },
    ...{ progress: status === 'DONE' ? 100 : 0, dueDate: dayFrom(today, mitigation.dueDate), version: 1 },
    completedAt: status === 'DONE' ? instant(today, Math.floor(msAgo * (1 - doneAfter))) : null,
    ...{ createdAt, updatedAt: createdAt },
  };
}

/** @param kind of the score: none for the inherent one */
function scored(kind: '' | 'residual' | 'target', hundredths: number | undefined): object {
  const score = hundredths === undefined ? null : hundredths / 100;
  const severity = score === null ? null : severityOf(score, DEFAULT_THRESHOLDS);
  return kind === '' ? { score, severity } : { [`${kind}Score`]: score, [`${kind}Severity`]: severity };
}

function instant(today: string, msAgo: number): string {
  return new Date(Date.parse(today) - msAgo).toISOString();
}

function dayFrom(today: string, days: number | null): string | null {
  return days === null ? null : daysBefore(today, -days);
}
