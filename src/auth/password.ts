import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { BoundedWork } from '../http/bounded-work';
import { AuthConfig } from './auth.config';

/** argon2id is the library's default algorithm; memory in KiB. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id hashes; a bounded number at a time, so that a flood of logins takes neither all memory nor all cores. */
@Injectable()
export class Passwords {
  private readonly verifications: BoundedWork;
  /** Verified for unknown users, so that they take as long as known ones. */
  private readonly decoy: Promise<string>;

  constructor({ passwordConcurrency, passwordQueue }: AuthConfig) {
    this.verifications = new BoundedWork(passwordConcurrency, passwordQueue, 'Too many logins at once.');
    this.decoy = hash('nobody has this password', cost);
  }

  hash(password: string): Promise<string> {
    return hash(password, cost);
  }

  /**
   * @param storedHash undefined for an unknown user: the answer is false, after the same time
   * @throws Unavailable 503 when too many logins wait already
   */
  async matches(storedHash: string | undefined, password: string): Promise<boolean> {
    const target = storedHash ?? (await this.decoy);
    const matches = await this.verifications.run(() => verify(target, password));
    return matches && storedHash !== undefined;
  }
}
