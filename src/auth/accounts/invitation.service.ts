import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Unauthenticated, UnprocessableBody } from '../../errors/http.errors';
import { LoginLimiter } from '../../rate-limit/login-limiter';
import { AcceptInvitation, type Invited, type Joining } from '../../rbac/invitations/accept-invitation';
import type { LoginResponse } from '../auth.dto';
import { Passwords } from '../password';
import { SessionService } from '../sessions/session.service';
import type { AcceptInvitationRequest } from './account.dto';

/** Takes up invitations: an account proves itself with its password, who has none gets one. */
@Injectable()
export class InvitationService {
  constructor(
    private readonly invitations: AcceptInvitation,
    private readonly passwords: Passwords,
    private readonly sessions: SessionService,
    private readonly limiter: LoginLimiter,
  ) {}

  /**
   * @throws InvitationNotOpen 404, Unauthenticated 401 when the account has another password, UnprocessableBody 422 for a
   *   new account without name or with a password that cannot be taken, AlreadyMember 409
   */
  async accept({ token, password, name }: AcceptInvitationRequest): Promise<LoginResponse> {
    const invited = await this.invitations.find(token);
    const { account, tenantId, foldedEmail } = invited;
    const joining = account
      ? await this.limiter.attempt(foldedEmail, () => this.prove(account, password))
      : await this.newcomer(invited, password, name);
    await this.invitations.accept(invited, joining);
    const proof = account ? { passwordHash: account.passwordHash } : undefined;
    const answer = await this.sessions.open(joining.userId, tenantId, proof);
    if (!answer) throw new Unauthenticated('The account is not active.');
    return answer;
  }

  private async prove(account: NonNullable<Invited['account']>, password: string): Promise<Joining> {
    const matches = await this.passwords.matches(account.passwordHash, password);
    if (!matches || !account.isActive) throw new Unauthenticated('The password is not that of the account.');
    return { userId: account.id };
  }

  private async newcomer(invited: Invited, password: string, name: string | undefined): Promise<Joining> {
    if (name === undefined) {
      const problem = { pointer: '/name', code: 'required', message: 'is needed for a new account' };
      throw new UnprocessableBody('1 field is not valid.', [problem]);
    }
    const context = [invited.email, name, invited.tenantName, invited.tenantSlug];
    const passwordHash = await this.passwords.hashChosen(password, 'password', context);
    return { userId: uuidv7(), newAccount: { name, passwordHash } };
  }
}
