import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../database/database';
import { predefinedRoles, type RoleKey } from '../role-matrix';

interface NewMember {
  /** Of the account, if one has to be made. */
  readonly id?: string;
  readonly email: string;
  readonly name: string;
  readonly role: RoleKey;
  /** As argon2 made it; ignored for an e-mail that has an account. */
  readonly passwordHash: string;
}

interface NewTenant {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  /** The first one owns the tenant. */
  readonly members: readonly [NewMember, ...NewMember[]];
  readonly createdAt?: Date;
}

/**
 * Makes a tenant with its four predefined roles and its members, all or nothing. An account that exists joins as it is.
 *
 * @returns the members' user ids, by e-mail as given
 * @throws DomainError 409 when the slug is taken
 */
export function createTenant(database: Database, tenant: NewTenant): Promise<ReadonlyMap<string, string>> {
  const { id, name, slug, members, createdAt = new Date() } = tenant;
  const roles = predefinedRoles.map((role) => ({ id: uuidv7(), key: role.key, name: role.name, level: role.level }));
  const accounts = members.map((member) => ({ ...member, id: member.id ?? uuidv7() }));
  return database.transaction(
    async (tx) => {
      await tx.query(INSERT_MISSING_ACCOUNTS, [JSON.stringify(accounts), createdAt]);
      const rows = await tx.query<{ email: string; id: string }>(ACCOUNTS_BY_EMAIL, [
        members.map(({ email }) => email),
      ]);
      const userIds = new Map(rows.map((row) => [row.email, row.id]));
      const ownerId = userIds.get(members[0].email);
      await tx.query(INSERT_TENANT, [id, name, slug, ownerId, createdAt]);
      await tx.query(INSERT_ROLES, [id, JSON.stringify(roles), createdAt]);
      const memberships = members.map(({ email, role }) => ({ userId: userIds.get(email), role }));
      await tx.query(INSERT_MEMBERSHIPS, [id, JSON.stringify(memberships), createdAt]);
      return userIds;
    },
    { tenantId: id },
  );
}

const INSERT_MISSING_ACCOUNTS = `
  INSERT INTO users (id, email, name, password_hash, created_at)
  SELECT id, email, name, "passwordHash", $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS account (id uuid, email text, name text, "passwordHash" text)
  ON CONFLICT (lower(email)) DO NOTHING`;

const ACCOUNTS_BY_EMAIL = `
  SELECT given.email, users.id
  FROM unnest($1::text[]) AS given (email)
  JOIN users ON lower(users.email) = lower(given.email)`;

const INSERT_TENANT = `
  WITH tenant AS (
    INSERT INTO tenants (id, name, slug, owner_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id
  )
  INSERT INTO tenant_directory (id) SELECT id FROM tenant`;

const INSERT_ROLES = `
  INSERT INTO roles (tenant_id, id, key, name, level, created_at)
  SELECT $1, id, key, name, level, $3::timestamptz
  FROM jsonb_to_recordset($2::jsonb) AS role (id uuid, key text, name text, level smallint)`;

const INSERT_MEMBERSHIPS = `
  INSERT INTO memberships (tenant_id, user_id, role_id, created_at)
  SELECT $1, member."userId", roles.id, $3::timestamptz
  FROM jsonb_to_recordset($2::jsonb) AS member ("userId" uuid, role text)
  JOIN roles ON roles.tenant_id = $1 AND roles.key = member.role`;
