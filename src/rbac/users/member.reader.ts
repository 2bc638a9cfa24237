import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import type { Reach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { NotFound } from '../../errors/http.errors';
import type { Page } from '../../http/pagination';
import { GrantsReader } from '../grants.reader';
import { Permission } from '../permission';
import { roleGrants } from '../principal';
import { RbacTags } from '../rbac.cache';
import { toGrants } from '../rbac.dto';
import { findMember, MEMBER_JSON, MEMBER_STATUS, MEMBERS } from './member-rows';
import type {
  MemberPermissionsResponse,
  MemberQuery,
  MemberResponse,
  MemberStatsResponse,
  RoleOfMember,
} from './member.dto';

const byName: readonly KeysetColumn[] = [
  { sql: 'u.name', type: 'text', descending: false },
  { sql: 'u.id', type: 'uuid', descending: false },
];

const tags = [RbacTags.members, RbacTags.roles, RbacTags.teams];

interface ListRow {
  readonly member: MemberResponse;
  readonly position: string[];
}

interface RoleRow {
  readonly role: RoleOfMember;
  readonly permissions: readonly string[] | null;
  readonly isActive: boolean;
}

/** Questions about members. Whoever may read only themselves or their teams is not told of the others. */
@Injectable()
export class MemberReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
    private readonly grants: GrantsReader,
  ) {}

  async list(query: MemberQuery): Promise<Page<MemberResponse>> {
    return this.listWithin(query, await this.reach());
  }

  /** @throws NotFound 404 also for members out of reach */
  async get(userId: string): Promise<MemberResponse> {
    await this.assertVisible(userId);
    return this.member(userId);
  }

  /** What a member may do. @throws NotFound 404 also for members out of reach */
  async permissions(userId: string): Promise<MemberPermissionsResponse> {
    await this.assertVisible(userId);
    return this.permissionsOf(userId);
  }

  async stats(): Promise<MemberStatsResponse> {
    return this.statsWithin(await this.reach());
  }

  /** For {@link list}. */
  @Cacheable({
    cache: 'rbac',
    key: (query: MemberQuery, reach: Reach) => ['members', 'list', { ...query, ...listed(query), reach }],
    tags,
  })
  async listWithin(query: MemberQuery, reach: Reach): Promise<Page<MemberResponse>> {
    const filter = [query.q ?? null, ...Object.values(listed(query)).map((values) => values ?? null)];
    const page = this.pages.pageFor(['members', filter, reach], query, byName);
    const given = [...filter, reach === 'tenant' ? null : reach];
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, ...given);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<ListRow>(
          `SELECT ${MEMBER_JSON} AS member, ${position} AS position FROM ${MEMBERS}
            WHERE ${FILTER} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        session.query<{ count: number }>(`SELECT count(*) AS count FROM ${MEMBERS} WHERE ${FILTER}`, [
          session.tenantId,
          ...given,
        ]),
      ]);
    });
    return { ...page.answer(rows, ({ member }) => member), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }

  /** For {@link get}. */
  @Cacheable({ cache: 'rbac', key: (userId: string) => ['members', 'id', userId], tags })
  async member(userId: string): Promise<MemberResponse> {
    const member = await this.database.read((session) => findMember(session, userId));
    if (!member) throw new NotFound('member');
    return member;
  }

  /** For {@link permissions}. */
  @Cacheable({ cache: 'rbac', key: (userId: string) => ['members', 'id', userId, 'permissions'], tags })
  async permissionsOf(userId: string): Promise<MemberPermissionsResponse> {
    const [row] = await this.database.read((session) =>
      session.query<RoleRow>(
        `SELECT json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'level', r.level) AS role, r.permissions,
                ${MEMBER_STATUS} = 'ACTIVE' AS "isActive"
           FROM ${MEMBERS} WHERE m.tenant_id = $1 AND m.user_id = $2`,
        [session.tenantId, userId],
      ),
    );
    if (!row) throw new NotFound('member');
    const { role, permissions, isActive } = row;
    return { role, items: isActive ? toGrants(roleGrants({ key: role.key, permissions })) : [] };
  }

  /** For {@link stats}. */
  @Cacheable({ cache: 'rbac', key: (reach: Reach) => ['members', 'stats', { reach }], tags })
  async statsWithin(reach: Reach): Promise<MemberStatsResponse> {
    const [row] = await this.database.read((session) =>
      session.query<MemberStatsResponse>(STATS, [session.tenantId, reach === 'tenant' ? null : reach]),
    );
    return row ?? { total: 0, active: 0, disabled: 0, withoutTeam: 0, byRole: [] };
  }

  private async reach(): Promise<Reach> {
    return (await this.grants.current()).reachOf(Permission.UserRead) ?? [];
  }

  private async assertVisible(userId: string): Promise<void> {
    const reach = await this.reach();
    if (reach !== 'tenant' && !reach.includes(userId)) throw new NotFound('member');
  }
}

/** Equal sets are equal questions. */
function listed({
  role,
  team,
  status,
}: MemberQuery): Record<'role' | 'team' | 'status', readonly string[] | undefined> {
  return { role: role?.toSorted(), team: team?.toSorted(), status: status?.toSorted() };
}

const FILTER = `m.tenant_id = $1
  AND ($2::text IS NULL OR position(lower($2) IN lower(u.name)) > 0 OR position(lower($2) IN lower(u.email)) > 0)
  AND ($3::uuid[] IS NULL OR m.role_id = ANY ($3))
  AND ($4::uuid[] IS NULL OR EXISTS (SELECT FROM team_members tm
        WHERE tm.tenant_id = m.tenant_id AND tm.user_id = m.user_id AND tm.team_id = ANY ($4)))
  AND ($5::text[] IS NULL OR ${MEMBER_STATUS} = ANY ($5))
  AND ($6::uuid[] IS NULL OR m.user_id = ANY ($6))`;

const STATS = `
  WITH visible AS (
    SELECT m.user_id, m.role_id, ${MEMBER_STATUS} AS status,
           EXISTS (SELECT FROM team_members tm WHERE tm.tenant_id = m.tenant_id AND tm.user_id = m.user_id) AS "inTeam"
      FROM ${MEMBERS} WHERE m.tenant_id = $1 AND ($2::uuid[] IS NULL OR m.user_id = ANY ($2))
  )
  SELECT count(*) AS total, count(*) FILTER (WHERE status = 'ACTIVE') AS active,
         count(*) FILTER (WHERE status = 'DISABLED') AS disabled,
         count(*) FILTER (WHERE status = 'ACTIVE' AND NOT "inTeam") AS "withoutTeam",
         (SELECT json_agg(json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'level', r.level, 'members',
                   (SELECT count(*) FROM visible v WHERE v.role_id = r.id)) ORDER BY r.level, r.name, r.id)
            FROM roles r WHERE r.tenant_id = $1
             AND ($2::uuid[] IS NULL OR EXISTS (SELECT FROM visible v WHERE v.role_id = r.id))) AS "byRole"
    FROM visible`;
