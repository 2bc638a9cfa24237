import { isIP } from 'node:net';

/** Name of an address's counter: an IPv4 address, or the /64 of an IPv6 one, which is what one customer is given. */
export function addressKey(address: string): string {
  const bare = withoutPort(address)
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '');
  if (isIP(bare) === 4) return bare;
  if (isIP(bare) === 6) return networkOf(bare);
  return 'unknown';
}

/** Some proxies put the port behind it, which is another one each time. */
function withoutPort(address: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1');
}

function networkOf(address: string): string {
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const behind = right === '' ? 0 : right.split(':').length + (right.includes('.') ? 1 : 0);
    while (groups.length + behind < 8) groups.push('0');
    if (right !== '') groups.push(...right.split(':'));
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
