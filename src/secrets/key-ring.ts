import { Injectable } from '@nestjs/common';
import { SecretConfig } from '../config/secret.config';
import { KeyRingConfig } from './key-ring.config';

/** A key that wraps data keys. */
export interface RingKey {
  /** Tells which key it is and nothing about it. */
  readonly id: string;
  /** 256 bits. */
  readonly bytes: Buffer;
}

/** The keys that secrets at rest are sealed with: the one of OPENRISK_SECRET, and those of its former values. */
@Injectable()
export class KeyRing {
  /** What is sealed now is sealed with it. */
  readonly current: RingKey;
  private readonly keys: ReadonlyMap<string, RingKey>;

  constructor(secret: SecretConfig, config: KeyRingConfig) {
    this.current = keyOf(secret);
    this.keys = new Map([...config.previous().map(keyOf), this.current].map((key) => [key.id, key]));
  }

  find(id: string): RingKey | undefined {
    return this.keys.get(id);
  }
}

function keyOf(secret: SecretConfig): RingKey {
  const id = secret.key('secrets-at-rest-id').subarray(0, 6).toString('base64url');
  return { id, bytes: secret.key('secrets-at-rest') };
}
