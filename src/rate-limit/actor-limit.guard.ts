import { Injectable, type CanActivate } from '@nestjs/common';
import { currentContext } from '../context/request-context';
import { RequestLimits } from './request-limits';

/** Counts for the user and the tenant. Runs after authentication, and before anything is looked up for them. */
@Injectable()
export class ActorLimitGuard implements CanActivate {
  constructor(private readonly limits: RequestLimits) {}

  canActivate(): boolean {
    const { actor } = currentContext();
    if (actor) this.limits.admitActor(actor);
    return true;
  }
}
