import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretConfig } from '../config/secret.config';
import { BadRequest } from '../errors/http.errors';

/** A place between two rows of a sorted list. */
export interface CursorPosition {
  readonly direction: 'next' | 'prev';
  /** The sort values of the row at the edge, its id last. */
  readonly values: readonly (string | number)[];
}

const signatureLength = 16;

/** Opaque, signed cursors. A cursor is good for one tenant, one sort and one filter only: its scope. */
@Injectable()
export class CursorCodec {
  private readonly key: Buffer;

  constructor(secret: SecretConfig) {
    this.key = secret.key('cursor');
  }

  encode(scope: string, position: CursorPosition): string {
    const payload = Buffer.from(JSON.stringify([position.direction === 'next' ? 1 : 0, ...position.values]));
    return Buffer.concat([this.sign(scope, payload), payload]).toString('base64url');
  }

  /** @throws BadRequest 400 when the cursor was made for another list, or not by us */
  decode(scope: string, cursor: string): CursorPosition {
    const bytes = Buffer.from(cursor, 'base64url');
    const signature = bytes.subarray(0, signatureLength);
    const payload = bytes.subarray(signatureLength);
    // Base64 has several spellings for the same bytes; a cursor of ours has one.
    const isOurSpelling = bytes.toString('base64url') === cursor && signature.length === signatureLength;
    if (!isOurSpelling || !timingSafeEqual(signature, this.sign(scope, payload))) {
      throw new BadRequest('The cursor does not belong to this list: start again without it.', [
        { pointer: '?cursor', code: 'cursor', message: 'must come from a page of the same list, sort and filter' },
      ]);
    }
    const [forward, ...values] = JSON.parse(payload.toString()) as [number, ...(string | number)[]];
    return { direction: forward === 1 ? 'next' : 'prev', values };
  }

  private sign(scope: string, payload: Buffer): Buffer {
    return createHmac('sha256', this.key)
      .update(`${Buffer.byteLength(scope)}:${scope}`)
      .update(payload)
      .digest()
      .subarray(0, signatureLength);
  }
}
