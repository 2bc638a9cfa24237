import { OutboundFailure } from './outbound.errors';

const LONGEST_URL = 8_000;

/**
 * The URL of a request, spelled in the one way: hosts that are numbers in any disguise (decimal, octal, hexadecimal,
 * short, enclosed digits) have become dotted quads.
 *
 * @throws OutboundFailure bad-url, without a word of what it said
 */
export function targetUrl(given: string | URL): URL {
  const text = String(given);
  const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new OutboundFailure('bad-url', `This is no URL of at most ${LONGEST_URL} characters.`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OutboundFailure('bad-url', 'A URL must begin with https:// or http://.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundFailure('bad-url', 'A URL must not contain a user or a password.');
  }
  url.hash = '';
  return url;
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** Without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
