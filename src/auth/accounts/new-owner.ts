import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { runAsActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { createTenant } from '../../rbac/tenants/create-tenant';
import { SlugTaken } from '../../rbac/tenants/tenant.errors';
import { EmailTaken } from '../auth.errors';
import type { LoginResponse } from '../auth.dto';
import { Passwords } from '../password';
import { SessionService } from '../sessions/session.service';
import type { NewOwner } from './account.dto';

/** Makes an account with a tenant of its own, and logs it in. */
@Injectable()
export class NewOwners {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly sessions: SessionService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param action as the audit log calls it
   * @param allow runs first in the same transaction, and throws when it may not be
   * @throws EmailTaken 409, SlugTaken 409, UnprocessableBody 422 for a password that cannot be taken
   */
  async make(
    { email, name, password, tenantName, tenantSlug }: NewOwner,
    action: string,
    allow: (tx: Transaction) => Promise<void>,
  ): Promise<LoginResponse> {
    const context = [email, name, tenantName, tenantSlug];
    const passwordHash = await this.passwords.hashChosen(password, 'password', context);
    const [userId, tenantId] = [uuidv7(), uuidv7()];
    await runAsActor({ userId, tenantId }, () =>
      this.database.transaction(
        async (tx) => {
          await allow(tx);
          await insertAccount(tx, [userId, email, name, passwordHash]);
          const owner = { email, name, passwordHash, role: 'admin' } as const;
          const tenant = { id: tenantId, name: tenantName, slug: tenantSlug, members: [owner] } as const;
          await createTenant(this.database, tenant).catch((error: unknown) => {
            throw error instanceof SlugTaken ? new SlugTaken(error, '/tenantSlug') : error;
          });
          const details = { tenant: tenantSlug };
          await this.audit.record(tx, { action, resource: 'tenant', resourceId: tenantId, details });
        },
        { tenantId },
      ),
    );
    const answer = await this.sessions.open(userId, tenantId);
    if (!answer) throw new Error('Who has just made a tenant is its member');
    return answer;
  }
}

async function insertAccount(tx: Transaction, values: readonly string[]): Promise<void> {
  try {
    await tx.query('INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)', values);
  } catch (error) {
    throw brokenConstraint(error) === 'users_email_key' ? new EmailTaken() : error;
  }
}
