import { createHmac } from 'node:crypto';

/**
 * Name of an account's counter: not the e-mail, and not to be guessed from it. Folded further than the database compares,
 * so that no spelling of one account gets attempts of its own.
 */
export function accountKey(secret: Buffer, email: string): string {
  const folded = email.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
  return createHmac('sha256', secret).update(folded).digest('base64url');
}
