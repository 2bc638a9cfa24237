import { Injectable } from '@nestjs/common';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { ReadSession } from '../../database/session';
import type { Page } from '../../http/pagination';
import type { InvitationQuery, InvitationResponse } from './invitation.dto';

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'i.created_at', type: 'timestamptz', descending: true },
  { sql: 'i.id', type: 'uuid', descending: true },
];

const STATUS = `CASE WHEN i.accepted_at IS NOT NULL THEN 'ACCEPTED' WHEN i.revoked_at IS NOT NULL THEN 'REVOKED'
  WHEN i.expires_at <= statement_timestamp() THEN 'EXPIRED' ELSE 'OPEN' END`;

const INVITATION_JSON = `json_build_object(
  'id', i.id, 'email', i.email,
  'role', json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'level', r.level),
  'status', ${STATUS},
  'invitedBy', CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'name', u.name) END,
  'createdAt', ${instantSql('i.created_at')}, 'expiresAt', ${instantSql('i.expires_at')})`;

const INVITATIONS = `invitations i
  JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id
  LEFT JOIN users u ON u.id = i.invited_by`;

interface ListRow {
  readonly invitation: InvitationResponse;
  readonly position: string[];
}

/** Not cached: an invitation expires without anybody changing it, and few ask. */
@Injectable()
export class InvitationReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  async list(query: InvitationQuery): Promise<Page<InvitationResponse>> {
    const statuses = query.status?.toSorted() ?? null;
    const page = this.pages.pageFor(['invitations', statuses], query, newestFirst);
    const filter = `i.tenant_id = $1 AND ($2::text[] IS NULL OR ${STATUS} = ANY ($2))`;
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, statuses);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<ListRow>(
          `SELECT ${INVITATION_JSON} AS invitation, ${position} AS position FROM ${INVITATIONS}
            WHERE ${filter} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        session.query<{ count: number }>(`SELECT count(*) AS count FROM invitations i WHERE ${filter}`, [
          session.tenantId,
          statuses,
        ]),
      ]);
    });
    const answer = page.answer(rows, ({ invitation }) => invitation);
    return { ...answer, ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }
}

export async function findInvitation(session: ReadSession, id: string): Promise<InvitationResponse | undefined> {
  const [row] = await session.query<Pick<ListRow, 'invitation'>>(
    `SELECT ${INVITATION_JSON} AS invitation FROM ${INVITATIONS} WHERE i.tenant_id = $1 AND i.id = $2`,
    [session.tenantId, id],
  );
  return row?.invitation;
}
