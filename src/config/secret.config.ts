import { hkdfSync } from 'node:crypto';
import { Env } from './env.decorator';

const samples = ['change-me', 'changeme', 'secret', 'example', '0123456789'];

/** The one secret of an installation; every key is derived from it. All processes of an installation share it. */
export class SecretConfig {
  @Env('OPENRISK_SECRET', {
    about: 'Secret from which all keys are derived (access tokens, cursors). `npm start` makes one when it is missing.',
    kind: 'text',
    unit: 'at least 32 characters',
    secret: true,
    minLength: 32,
  })
  readonly secret?: string;

  problems(): string[] {
    if (this.secret === undefined) return ['OPENRISK_SECRET must be set: at least 32 random characters'];
    const weak =
      new Set(this.secret).size < 10 || samples.some((sample) => this.secret?.toLowerCase().includes(sample));
    return weak ? ['OPENRISK_SECRET must be random, not a sample or a repetition'] : [];
  }

  /** A 256-bit key for one purpose; keys of different purposes tell nothing about each other. */
  key(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret ?? '', 'openrisk', purpose, 32));
  }
}
