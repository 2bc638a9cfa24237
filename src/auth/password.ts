import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { UnprocessableBody } from '../errors/http.errors';
import { BoundedWork } from '../http/bounded-work';
import { normalPassword, passwordProblem } from './accounts/password-rules';
import { AuthConfig } from './auth.config';

/** argon2id is the library's default algorithm; memory in KiB. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id hashes; a bounded number at a time, so that a flood of logins takes neither all memory nor all cores. */
@Injectable()
export class Passwords {
  private readonly verifying: BoundedWork;
  /** One at a time, and apart: whoever makes accounts by the hundred keeps nobody from logging in. */
  private readonly hashing = new BoundedWork(1, 20, 'Too many new passwords at once.');
  private readonly minLength: number;
  /** Verified for unknown users, so that they take as long as known ones. */
  private readonly decoy: Promise<string>;

  constructor({ passwordConcurrency, passwordQueue, passwordMinLength }: AuthConfig) {
    this.verifying = new BoundedWork(passwordConcurrency, passwordQueue, 'Too many logins at once.');
    this.minLength = passwordMinLength;
    this.decoy = hash('nobody has this password', cost);
  }

  /** @throws Unavailable 503 when too many wait already */
  hash(password: string): Promise<string> {
    return this.hashing.run(() => hash(normalPassword(password), cost));
  }

  /**
   * The hash of a password that somebody chooses now, if it is good enough.
   *
   * @param field of the body that holds it
   * @param context what others know of its owner: name, e-mail address, tenant
   * @throws UnprocessableBody 422, Unavailable 503 when too many wait already
   */
  async hashChosen(password: string, field: string, context: readonly string[]): Promise<string> {
    const problem = passwordProblem(password, this.minLength, context);
    if (problem) throw new UnprocessableBody('The password cannot be taken.', [{ pointer: `/${field}`, ...problem }]);
    return this.hash(password);
  }

  /**
   * @param storedHash undefined for an unknown user, and no hash at all for an account without a password: the answer is
   *   false, after the same time
   * @throws Unavailable 503 when too many logins wait already
   */
  async matches(storedHash: string | undefined, password: string): Promise<boolean> {
    const usable = storedHash?.startsWith('$argon2id$') ? storedHash : undefined;
    const target = usable ?? (await this.decoy);
    const matches = await this.verifying.run(() => verify(target, normalPassword(password)));
    return matches && usable !== undefined;
  }
}
