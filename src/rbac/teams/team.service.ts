import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { NotFound, UnprocessableBody } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { AccessChanges } from '../access-changes';
import { assertMayManageAll, assertMayTeamUp } from '../escalation';
import { Permission } from '../permission';
import { RbacTags } from '../rbac.cache';
import { lockMembers, type MemberRow } from '../users/member-rows';
import type { AddTeamMember, CreateTeam, TeamResponse, UpdateTeam } from './team.dto';
import { TeamNameTaken } from './team.errors';
import { shownTeam } from './team.reader';

const evicted = { tags: [RbacTags.teams] };

/** Teams decide how far a permission with the scope `team` reaches. All may throw what the rules of escalation.ts throw. */
@Injectable()
export class TeamService {
  constructor(
    private readonly access: AccessChanges,
    private readonly audit: AuditLog,
  ) {}

  /** @throws TeamNameTaken 409 */
  @CacheEvict(evicted)
  create({ name, description = '' }: CreateTeam): Promise<TeamResponse> {
    const id = uuidv7();
    return this.access.change(Permission.TeamCreate, async (tx) => {
      await unlessNameTaken(
        tx.query('INSERT INTO teams (tenant_id, id, name, description) VALUES ($1, $2, $3, $4)', [
          tx.tenantId,
          id,
          name,
          description,
        ]),
      );
      await this.record(tx, 'team.create', id, { name });
      return shownTeam(tx, id);
    });
  }

  /** @throws NotFound 404, StaleVersion 412, TeamNameTaken 409 */
  @CacheEvict(evicted)
  update(id: string, expected: ExpectedVersion, change: UpdateTeam): Promise<TeamResponse> {
    return this.access.change(Permission.TeamUpdate, async (tx) => {
      const before = await lockTeam(tx, id);
      assertVersion(expected, before.version);
      const { name = before.name, description = before.description } = change;
      if (name === before.name && description === before.description) return before;
      await unlessNameTaken(
        tx.query(
          `UPDATE teams SET name = $3, description = $4, version = version + 1, updated_at = statement_timestamp()
            WHERE tenant_id = $1 AND id = $2`,
          [tx.tenantId, id, name, description],
        ),
      );
      await this.record(tx, 'team.update', id, { name: { before: before.name, after: name } });
      return shownTeam(tx, id);
    });
  }

  /** Its members lose what they reached through it. @throws NotFound 404, StaleVersion 412 */
  @CacheEvict(evicted)
  remove(id: string, expected: ExpectedVersion): Promise<void> {
    return this.access.change(Permission.TeamDelete, async (tx, acting) => {
      const team = await lockTeam(tx, id);
      assertVersion(expected, team.version);
      assertMayManageAll(acting, await membersOf(tx, id));
      await tx.query('DELETE FROM teams WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id]);
      await this.record(tx, 'team.delete', id, { name: team.name, memberCount: team.memberCount });
    });
  }

  /** Who is in it already stays in it. @throws NotFound 404, UnprocessableBody 422 for somebody who is no member */
  @CacheEvict(evicted)
  addMember(id: string, { userId }: AddTeamMember): Promise<TeamResponse> {
    return this.access.change(Permission.TeamUpdate, async (tx, acting) => {
      await lockTeam(tx, id);
      const [member] = await lockMembers(tx, [userId]);
      if (!member) throw unknownMember();
      assertMayManageAll(acting, [member]);
      assertMayTeamUp(acting, [member, ...(await membersOf(tx, id))]);
      const added = await tx.query(
        'INSERT INTO team_members (tenant_id, team_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1',
        [tx.tenantId, id, userId],
      );
      if (added.length > 0) await this.record(tx, 'team.add-member', id, { userId });
      return shownTeam(tx, id);
    });
  }

  /** @throws NotFound 404 also for somebody who is not in the team */
  @CacheEvict(evicted)
  removeMember(id: string, userId: string): Promise<void> {
    return this.access.change(Permission.TeamUpdate, async (tx, acting) => {
      await lockTeam(tx, id);
      assertMayManageAll(acting, await lockMembers(tx, [userId]));
      const removed = await tx.query(
        'DELETE FROM team_members WHERE tenant_id = $1 AND team_id = $2 AND user_id = $3 RETURNING 1',
        [tx.tenantId, id, userId],
      );
      if (removed.length === 0) throw new NotFound('member of this team');
      await this.record(tx, 'team.remove-member', id, { userId });
    });
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'team', resourceId, details });
  }
}

/** @throws NotFound 404 */
async function lockTeam(tx: Transaction, id: string): Promise<TeamResponse> {
  await tx.query('SELECT FROM teams WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tx.tenantId, id]);
  return shownTeam(tx, id);
}

async function membersOf(tx: Transaction, id: string): Promise<MemberRow[]> {
  const rows = await tx.query<{ userId: string }>(
    'SELECT user_id AS "userId" FROM team_members WHERE tenant_id = $1 AND team_id = $2',
    [tx.tenantId, id],
  );
  return lockMembers(
    tx,
    rows.map(({ userId }) => userId),
  );
}

function unknownMember(): UnprocessableBody {
  return new UnprocessableBody('There is no such member.', [
    { pointer: '/userId', code: 'unknown-member', message: 'is not the id of a member of this tenant' },
  ]);
}

async function unlessNameTaken(statement: Promise<unknown>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    throw brokenConstraint(error) === 'teams_name_key' ? new TeamNameTaken(error) : error;
  }
}
