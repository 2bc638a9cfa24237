import { Injectable, UseGuards, type CanActivate } from '@nestjs/common';
import { currentActor } from '../context/request-context';
import { SessionRequired } from './auth.errors';

/** Runs after the guards of all routes: what has ended is refused as that. */
@Injectable()
class SessionOnlyGuard implements CanActivate {
  canActivate(): boolean {
    if (currentActor().sessionId === undefined) throw new SessionRequired();
    return true;
  }
}

/** For people who have logged in: an API token must not make itself a longer life, or shut its owner out. */
export function SessionOnly(): MethodDecorator {
  return UseGuards(SessionOnlyGuard);
}
