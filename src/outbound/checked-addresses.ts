import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Injectable } from '@nestjs/common';
import { mayConnect } from './address-rules';
import { OutboundConfig } from './outbound.config';
import { OutboundFailure } from './outbound.errors';
import { hostOf, portOf } from './target-url';

export interface TargetAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

const MOST_ADDRESSES = 32;
const ANSWER_TIMEOUT_MS = 2_000;
const TRIES = 3;

/**
 * Finds the addresses behind a URL, and refuses it unless a request may go to every one of them. Names are asked of DNS
 * in this process rather than of getaddrinfo, whose few threads a slow DNS server of a tenant would fill for everybody.
 */
@Injectable()
export class CheckedAddresses {
  private readonly allowed;
  private readonly servers: readonly string[];

  constructor(config: OutboundConfig) {
    this.allowed = config.allowed();
    this.servers = config.dnsServerList();
  }

  /** @throws OutboundFailure refused-address, unreachable; and what the signal says */
  async of(url: URL, signal: AbortSignal): Promise<TargetAddress[]> {
    const host = hostOf(url);
    const version = isIP(host);
    const addresses = version === 0 ? await this.resolve(host, url, signal) : [host];
    const ofThisMachine = Object.values(networkInterfaces()).flatMap((face = []) => face.map(({ address }) => address));
    const network = { allowed: this.allowed, ofThisMachine };
    if (!addresses.every((address) => mayConnect(address, portOf(url), network))) {
      throw new OutboundFailure(
        'refused-address',
        `${url.origin} is not on the internet, or no server of the web: OUTBOUND_ALLOWED_ADDRESSES does not name it.`,
      );
    }
    return addresses.map((address) => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
  }

  private async resolve(host: string, { origin }: URL, signal: AbortSignal): Promise<string[]> {
    const resolver = new Resolver({ timeout: ANSWER_TIMEOUT_MS, tries: TRIES });
    if (this.servers.length > 0) resolver.setServers(this.servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      signal.throwIfAborted();
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      if (addresses.length === 0) throw new OutboundFailure('unreachable', `${origin} has no address in DNS.`);
      return addresses.slice(0, MOST_ADDRESSES);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}
