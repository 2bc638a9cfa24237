import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key-ring';
import { UnopenedSecret } from './secrets.errors';

/** Where a sealed text is kept: it opens there and nowhere else. */
export interface SecretPlace {
  readonly tenantId: string;
  /** `table.column` */
  readonly column: string;
  readonly rowId: string;
}

const VERSION = 'sealed.v1';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals secrets that have to be read again: AES-256-GCM with a random key for each text, which a key of the
 * {@link KeyRing} wraps. The place is associated data of both. A sealed text is
 * `sealed.v1.<key id>.<wrapped key>.<text>` in base64url, about 150 characters longer than the text is.
 */
@Injectable()
export class SecretBox {
  constructor(private readonly ring: KeyRing) {}

  /** With the current key. Two texts that are the same are sealed differently. */
  seal(text: string, place: SecretPlace): string {
    const { id, bytes } = this.ring.current;
    const dataKey = randomBytes(32);
    const wrapped = encrypt(bytes, dataKey, associatedData('key', id, place));
    const sealed = encrypt(dataKey, Buffer.from(text, 'utf8'), associatedData('text', id, place));
    return [VERSION, id, wrapped.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** @throws UnopenedSecret when it was not sealed for this place, was changed, or nobody has its key any more */
  open(sealed: string, place: SecretPlace): string {
    const { keyId, wrapped, text } = partsOf(sealed);
    const key = this.ring.find(keyId);
    if (!key) throw new UnopenedSecret();
    try {
      const dataKey = decrypt(key.bytes, wrapped, associatedData('key', keyId, place));
      return decrypt(dataKey, text, associatedData('text', keyId, place)).toString('utf8');
    } catch {
      // The reason would tell an attacker what to change next, and nobody else anything.
      throw new UnopenedSecret();
    }
  }

  /**
   * Whether a text was sealed with a former key: sealing what it opens to again makes it a new one.
   *
   * @throws UnopenedSecret when it is no sealed text
   */
  isOld(sealed: string): boolean {
    return partsOf(sealed).keyId !== this.ring.current.id;
  }
}

/** Unambiguous, whatever the parts contain. */
function associatedData(part: 'key' | 'text', keyId: string, { tenantId, column, rowId }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, part, keyId, tenantId, column, rowId]), 'utf8');
}

function partsOf(sealed: string): { keyId: string; wrapped: Buffer; text: Buffer } {
  const [, keyId, wrapped, text] = /^sealed\.v1\.([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(sealed) ?? [];
  if (keyId === undefined || wrapped === undefined || text === undefined) throw new UnopenedSecret();
  return { keyId, wrapped: Buffer.from(wrapped, 'base64url'), text: Buffer.from(text, 'base64url') };
}

/** @returns iv, ciphertext, tag */
function encrypt(key: Buffer, text: Buffer, data: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(data);
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, box: Buffer, data: Buffer): Buffer {
  if (box.length < IV_BYTES + TAG_BYTES) throw new RangeError('too short');
  const iv = box.subarray(0, IV_BYTES);
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(data);
  decipher.setAuthTag(box.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(box.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}
