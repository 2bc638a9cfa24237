import { isIP } from 'node:net';
import { IPv4, IPv6 } from 'ipaddr.js';
import { parseAllowedAddresses, type AllowedAddress } from './allowed-address';

/**
 * Refused whatever the operator allows: where clouds keep the credentials of machines, and IPv6 that has an IPv4 address
 * inside (::/96 but ::1, mapped, translated, NAT64, 6to4, Teredo), which would be a second spelling of it.
 */
const never = parseAllowedAddresses(
  [
    '169.254.0.0/16, fe80::/10, 100.100.100.200, 168.63.129.16, 192.0.0.192, fd00:ec2::/32, fd20:ce::/32, fd00:42::42',
    '::ffff:0:0/96, ::ffff:0:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48, 2002::/16, 2001::/32',
  ].join(),
);
const compatible = parseAllowedAddresses('::/96');
/** All that IANA has given out for the internet, of IPv6. */
const globalUnicast = parseAllowedAddresses('2000::/3');

/** Above 1023, what listens there and is not the web. */
const otherProtocols = new Set([
  1080, 1433, 1521, 1723, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3306, 3389, 4190, 4369, 5060, 5061, 5432,
  5433, 5672, 5900, 5984, 6000, 6379, 6380, 6432, 6443, 6667, 7000, 7001, 9042, 9092, 9160, 10250, 10255, 11211, 26379,
  27017, 27018, 50000,
]);

/** What the operator has said about this machine and its network. */
export interface OwnNetwork {
  readonly allowed: readonly AllowedAddress[];
  /** Addresses of this machine, as the system spells them. */
  readonly ofThisMachine: readonly string[];
}

/**
 * Whether a request that a tenant asks for may be sent there: to public unicast addresses that are not this machine's,
 * at ports of the web, and to what the operator allows.
 */
export function mayConnect(address: string, port: number, { allowed, ofThisMachine }: OwnNetwork): boolean {
  const parsed = parsedAddress(address);
  if (!parsed || isIn(never, parsed) || isIpv4Compatible(parsed)) return false;
  const ports = allowed.filter((entry) => isIn([entry], parsed)).map((entry) => entry.port);
  if (ports.includes(port)) return true;
  if (!isWebPort(port)) return false;
  return ports.includes(undefined) || (isPublic(parsed) && !ofThisMachine.includes(address));
}

function isWebPort(port: number): boolean {
  return port === 80 || port === 443 || (port >= 1024 && port <= 65_535 && !otherProtocols.has(port));
}

/** Of the one canonical spelling; zones (`fe80::1%eth0`) and everything else are no addresses. */
function parsedAddress(address: string): IPv4 | IPv6 | undefined {
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? IPv4.parse(address) : IPv6.parse(address);
}

function isPublic(address: IPv4 | IPv6): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(globalUnicast, address));
}

function isIpv4Compatible(address: IPv4 | IPv6): boolean {
  return isIn(compatible, address) && address.range() !== 'loopback';
}

function isIn(list: readonly AllowedAddress[], address: IPv4 | IPv6): boolean {
  return list.some(({ network: [base, prefix] }) => base.kind() === address.kind() && address.match(base, prefix));
}
