import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { predefinedRoles, type RoleKey } from '../role-matrix';
import { SlugTaken } from './tenant.errors';

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
 * @throws SlugTaken 409
 */
export function createTenant(database: Database, tenant: NewTenant): Promise<ReadonlyMap<string, string>> {
  const { id, members, createdAt = new Date() } = tenant;
  const accounts = members.map((member) => ({ ...member, id: member.id ?? uuidv7() }));
  return database.transaction(
    async (tx) => {
      await tx.query(INSERT_MISSING_ACCOUNTS, [JSON.stringify(accounts), createdAt]);
      const rows = await tx.query<{ email: string; id: string }>(ACCOUNTS_BY_EMAIL, [
        members.map(({ email }) => email),
      ]);
      const userIds = new Map(rows.map((row) => [row.email, row.id]));
      const memberships = members.map(({ email, role }) => ({ userId: userIds.get(email), role }));
      await insertTenant(tx, { ...tenant, createdAt }, memberships);
      return userIds;
    },
    { tenantId: id },
  );
}

/**
 * Makes the tenant that the transaction is in the scope of, for accounts that exist.
 *
 * @throws SlugTaken 409
 */
export async function insertTenant(
  tx: Transaction,
  { name, slug, createdAt }: Pick<NewTenant, 'name' | 'slug'> & { readonly createdAt: Date },
  memberships: readonly { readonly userId: string | undefined; readonly role: RoleKey }[],
): Promise<void> {
  const roles = predefinedRoles.map((role) => ({ id: uuidv7(), key: role.key, name: role.name, level: role.level }));
  await unlessSlugTaken(tx.query(INSERT_TENANT, [tx.tenantId, name, slug, memberships[0]?.userId, createdAt]));
  await tx.query(INSERT_ROLES, [tx.tenantId, JSON.stringify(roles), createdAt]);
  await tx.query(INSERT_MEMBERSHIPS, [tx.tenantId, JSON.stringify(memberships), createdAt]);
}

/** @throws SlugTaken 409 instead of the broken rule */
export async function unlessSlugTaken<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw brokenConstraint(error) === 'tenants_slug_key' ? new SlugTaken(error) : error;
  }
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
