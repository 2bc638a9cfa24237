import { isIP } from 'node:net';
import { IPv4, IPv6 } from 'ipaddr.js';

/** A network of the operator's own that requests may go to, at one port of it or at all that the web uses. */
export interface AllowedAddress {
  readonly network: readonly [IPv4 | IPv6, number];
  readonly port?: number;
}

/**
 * Reads `10.1.0.0/16:8080, fd00::/8, [fd00::7]:8443`: networks or single addresses, each with a port or without.
 *
 * @throws RangeError when one of them is none
 */
export function parseAllowedAddresses(text: string): AllowedAddress[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '').map(parseEntry);
}

function parseEntry(entry: string): AllowedAddress {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const network = parseNetwork(bracketed ?? plain ?? entry);
  if (portText === undefined) return { network };
  const port = Number(portText);
  if (port < 1 || port > 65_535) throw new RangeError('no port');
  return { network, port };
}

function parseNetwork(text: string): [IPv4 | IPv6, number] {
  const [, address = '', prefixText] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || address.includes('%')) throw new RangeError('no address');
  const bits = version === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  if (prefix > bits) throw new RangeError('no network');
  return [version === 4 ? IPv4.parse(address) : IPv6.parse(address), prefix];
}
