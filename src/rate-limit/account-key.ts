import { createHmac } from 'node:crypto';

/** Name of a counter: not the e-mail, and not to be guessed from it. */
export function accountKey(secret: Buffer, foldedEmail: string): string {
  return createHmac('sha256', secret).update(foldedEmail).digest('base64url');
}
