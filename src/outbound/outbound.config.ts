import { isIP } from 'node:net';
import { Env } from '../config/env.decorator';
import { parseAllowedAddresses, type AllowedAddress } from './allowed-address';

/** Where requests that tenants ask for may go, and how many at a time. */
export class OutboundConfig {
  @Env('OUTBOUND_ALLOWED_ADDRESSES', {
    about:
      'Addresses of your own network that connectors and webhooks of every tenant may reach, besides the internet. Never those where clouds keep credentials.',
    kind: 'text',
    unit: 'list of networks, with a port or for all of the web: 10.1.0.0/16:8080, [fd00::7]:8443, 10.2.0.9',
  })
  readonly allowedAddresses: string = '';

  @Env('OUTBOUND_DNS_SERVERS', {
    about:
      'DNS servers that names of targets are asked of; the system’s unless set. /etc/hosts and search domains do not count.',
    kind: 'text',
    unit: 'list of addresses, with a port or without: 10.0.0.2, 10.0.0.3:5353',
  })
  readonly dnsServers: string = '';

  @Env('OUTBOUND_CONCURRENCY_PER_TENANT', {
    about: 'How many requests to the outside one tenant has at the same time in a process; further ones wait.',
    kind: 'integer',
    min: 1,
    max: 1_000,
  })
  readonly concurrencyPerTenant: number = 8;

  @Env('OUTBOUND_CONNECT_TIMEOUT_MS', {
    about: 'How long it may take to find a target by its name and to connect to it, TLS included.',
    kind: 'integer',
    unit: 'ms',
    min: 10,
    max: 120_000,
  })
  readonly connectTimeoutMs: number = 10_000;

  @Env('OUTBOUND_BREAKER_FAILURES', {
    about: 'After how many failures in a row a target is left alone, for the tenant that asks it.',
    kind: 'integer',
    min: 1,
    max: 1_000,
  })
  readonly breakerFailures: number = 10;

  @Env('OUTBOUND_BREAKER_SECONDS', {
    about: 'How long a target is left alone before one request tries it again.',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 3_600,
  })
  readonly breakerSeconds: number = 30;

  problems(): string[] {
    const problems: string[] = [];
    try {
      this.allowed();
    } catch {
      problems.push('OUTBOUND_ALLOWED_ADDRESSES must be a list of networks or addresses, with a port or without');
    }
    if (!this.dnsServerList().every(isServer)) {
      problems.push('OUTBOUND_DNS_SERVERS must be a list of addresses, with a port or without');
    }
    return problems;
  }

  /** @throws RangeError when it cannot be read; `problems` has told so at boot */
  allowed(): AllowedAddress[] {
    return parseAllowedAddresses(this.allowedAddresses);
  }

  dnsServerList(): string[] {
    const servers = this.dnsServers.split(',').map((server) => server.trim());
    return servers.filter((server) => server !== '');
  }
}

function isServer(text: string): boolean {
  const [, bracketed, plain = text] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(text) ?? [];
  return isIP(bracketed ?? plain) !== 0;
}
