import { Injectable } from '@nestjs/common';
import { NotFound } from '../../errors/http.errors';
import { AuthConfig } from '../auth.config';
import type { LoginResponse } from '../auth.dto';
import type { NewOwner } from './account.dto';
import { NewOwners } from './new-owner';

@Injectable()
export class RegistrationService {
  constructor(
    private readonly config: AuthConfig,
    private readonly owners: NewOwners,
  ) {}

  /** @throws NotFound 404 unless AUTH_REGISTRATION is open, and as {@link NewOwners.make} */
  async register(owner: NewOwner): Promise<LoginResponse> {
    if (this.config.registration !== 'open') throw new NotFound('resource');
    return this.owners.make(owner, 'account.register', () => Promise.resolve());
  }
}
