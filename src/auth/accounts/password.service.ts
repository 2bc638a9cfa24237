import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import { Unauthenticated } from '../../errors/http.errors';
import { LoginLimiter } from '../../rate-limit/login-limiter';
import { RbacTags } from '../../rbac/rbac.cache';
import { Passwords } from '../password';
import { SessionService } from '../sessions/session.service';
import type { ChangePassword } from './account.dto';

interface Account {
  readonly email: string;
  readonly foldedEmail: string;
  readonly name: string;
  readonly passwordHash: string;
}

@Injectable()
export class PasswordService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly sessions: SessionService,
    private readonly limiter: LoginLimiter,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Ends all other sessions of the account, in every tenant.
   *
   * @throws Unauthenticated 401 when the current password is wrong, UnprocessableBody 422 for one that cannot be taken
   */
  async change({ currentPassword, newPassword }: ChangePassword): Promise<void> {
    const { userId } = currentActor();
    const account = await this.account(userId);
    await this.limiter.attempt(account.foldedEmail, () => this.prove(account, currentPassword));
    const hash = await this.passwords.hashChosen(newPassword, 'newPassword', [account.email, account.name]);
    // Before it, so that what fails has changed no password; and after it, for who logged in with the old one meanwhile.
    await this.sessions.endOthers();
    await this.store(userId, account.passwordHash, hash);
    await this.sessions.endOthers();
  }

  private async prove({ passwordHash }: Account, password: string): Promise<void> {
    if (!(await this.passwords.matches(passwordHash, password))) {
      throw new Unauthenticated('The current password is wrong.');
    }
  }

  private async account(userId: string): Promise<Account> {
    const [account] = await this.database.read((session) => session.query<Account>(ACCOUNT, [userId]));
    if (!account) throw new Unauthenticated();
    return account;
  }

  /** For {@link change}. */
  @CacheEvict({ tags: [RbacTags.member] })
  store(userId: string, provenHash: string, hash: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const changed = await tx.query(
        'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id',
        [userId, provenHash, hash],
      );
      if (changed.length === 0) throw new Unauthenticated('The current password is wrong.');
      await this.audit.record(tx, { action: 'user.password-change', resource: 'user', resourceId: userId });
    });
  }
}

const ACCOUNT = `
  SELECT email, lower(email) AS "foldedEmail", name, password_hash AS "passwordHash" FROM users WHERE id = $1`;
