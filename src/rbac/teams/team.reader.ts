import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { RbacTags } from '../rbac.cache';
import type { TeamMemberResponse, TeamQuery, TeamResponse } from './team.dto';

const teamsByName: readonly KeysetColumn[] = [
  { sql: 't.name', type: 'text', descending: false },
  { sql: 't.id', type: 'uuid', descending: false },
];
const membersByName: readonly KeysetColumn[] = [
  { sql: 'u.name', type: 'text', descending: false },
  { sql: 'u.id', type: 'uuid', descending: false },
];

const TEAM_JSON = `json_build_object(
  'id', t.id, 'name', t.name, 'description', t.description,
  'memberCount', (SELECT count(*) FROM team_members tm WHERE tm.tenant_id = t.tenant_id AND tm.team_id = t.id),
  'version', t.version, 'createdAt', ${instantSql('t.created_at')}, 'updatedAt', ${instantSql('t.updated_at')})`;

const tags = [RbacTags.teams, RbacTags.members];

interface TeamRow {
  readonly team: TeamResponse;
  readonly position: string[];
}

interface TeamMemberRow {
  readonly member: TeamMemberResponse;
  readonly position: string[];
}

@Injectable()
export class TeamReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  @Cacheable({ cache: 'rbac', key: (query: TeamQuery) => ['teams', { ...query }], tags })
  async list(query: TeamQuery): Promise<Page<TeamResponse>> {
    const { q = null } = query;
    const page = this.pages.pageFor(['teams', q], query, teamsByName);
    const filter = `t.tenant_id = $1 AND ($2::text IS NULL OR position(lower($2) IN lower(t.name)) > 0)`;
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, q);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<TeamRow>(
          `SELECT ${TEAM_JSON} AS team, ${position} AS position FROM teams t
            WHERE ${filter} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        session.query<{ count: number }>(`SELECT count(*) AS count FROM teams t WHERE ${filter}`, [
          session.tenantId,
          q,
        ]),
      ]);
    });
    return { ...page.answer(rows, ({ team }) => team), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'rbac', key: (id: string) => ['team', id], tags })
  async get(id: string): Promise<TeamResponse> {
    return this.database.read((session) => shownTeam(session, id));
  }

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'rbac', key: (id: string, query: PageQuery) => ['team', id, 'members', { ...query }], tags })
  async members(id: string, query: PageQuery): Promise<Page<TeamMemberResponse>> {
    const page = this.pages.pageFor(['team', id], query, membersByName);
    const [team, rows] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, id);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        shownTeam(session, id),
        session.query<TeamMemberRow>(
          `SELECT json_build_object('id', u.id, 'name', u.name, 'since', ${instantSql('tm.created_at')}) AS member,
                  ${position} AS position
             FROM team_members tm JOIN users u ON u.id = tm.user_id
            WHERE tm.tenant_id = $1 AND tm.team_id = $2 AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
      ]);
    });
    return { ...page.answer(rows, ({ member }) => member), ...(query.total ? { total: team.memberCount } : {}) };
  }
}

/** @throws NotFound 404 */
export async function shownTeam(session: ReadSession, id: string): Promise<TeamResponse> {
  const [row] = await session.query<Pick<TeamRow, 'team'>>(
    `SELECT ${TEAM_JSON} AS team FROM teams t WHERE t.tenant_id = $1 AND t.id = $2`,
    [session.tenantId, id],
  );
  if (!row) throw new NotFound('team');
  return row.team;
}
