import { Injectable } from '@nestjs/common';
import { currentActor } from '../../context/request-context';
import { NotFound, Unauthenticated } from '../../errors/http.errors';
import type { LoginResponse } from '../auth.dto';
import { OwnTenantReader } from './own-tenant.reader';
import { SessionService } from './session.service';

@Injectable()
export class SwitchTenantService {
  constructor(
    private readonly sessions: SessionService,
    private readonly tenants: OwnTenantReader,
  ) {}

  /**
   * Ends the session and opens one in another tenant. In this order: of several at once, and of one whose session has just
   * been revoked, none gets away with a second session; nor does one whose user ends all others in between.
   *
   * @throws NotFound 404 for a tenant that the caller may not enter, Unauthenticated 401 when the session has just ended
   */
  async switchTo(slug: string): Promise<LoginResponse> {
    const { userId } = currentActor();
    const tenantId = await this.tenants.tenantOf(userId, slug);
    if (tenantId === undefined) throw new NotFound('tenant');
    const ended = await this.sessions.endCurrent();
    if (!ended) throw new Unauthenticated('The session has ended.');
    const answer = await this.sessions.open(userId, tenantId, { epoch: ended.epoch });
    if (!answer) throw new NotFound('tenant');
    return answer;
  }
}
