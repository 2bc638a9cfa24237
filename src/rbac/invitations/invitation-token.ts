import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Where an invitation is, and the proof of having been given it. */
export interface InvitationToken {
  readonly tenantId: string;
  readonly invitationId: string;
  /** SHA-256 of the secret, which is random: nobody can guess what it is the hash of. */
  readonly secretHash: Buffer;
}

const FORM = /^ori_([0-9a-f]{32})([0-9a-f]{32})_([\w-]{43})$/;

/** @returns the text to give away, and the hash to keep */
export function newInvitationToken(tenantId: string, invitationId: string): { text: string; secretHash: Buffer } {
  const secret = randomBytes(32).toString('base64url');
  const place = `${tenantId}${invitationId}`.replaceAll('-', '');
  return { text: `ori_${place}_${secret}`, secretHash: hashOf(secret) };
}

/** @returns undefined for a text that is not of this form */
export function parseInvitationToken(text: string): InvitationToken | undefined {
  const [, tenant, invitation, secret] = FORM.exec(text) ?? [];
  if (tenant === undefined || invitation === undefined || secret === undefined) return undefined;
  return { tenantId: uuidOf(tenant), invitationId: uuidOf(invitation), secretHash: hashOf(secret) };
}

export function isSameSecret(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
