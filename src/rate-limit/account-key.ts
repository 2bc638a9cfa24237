import { createHmac } from 'node:crypto';

/** Name of a counter: neither the account nor the e-mail that was typed, and not to be guessed from it. */
export function accountKey(secret: Buffer, account: string): string {
  return createHmac('sha256', secret).update(account.toLowerCase().trim()).digest('base64url');
}
