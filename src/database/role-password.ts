import { createHash, createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto';

const SCRAM_ITERATIONS = 4096;

/** The password of a database role; all processes that know the secret agree on it, and none has to store it. */
export function rolePassword(secret: string, role: string): string {
  return derive(secret, `postgres password of ${role}`, 32).toString('base64url');
}

/**
 * The form in which Postgres stores a password (RFC 5803). Sent instead of the password itself, which would otherwise
 * stand in the server's log wherever statements are logged.
 */
export function scramVerifier(secret: string, role: string): string {
  const salt = derive(secret, `postgres salt of ${role}`, 16);
  const salted = pbkdf2Sync(rolePassword(secret, role), salt, SCRAM_ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function derive(secret: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'openrisk', purpose, bytes));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
