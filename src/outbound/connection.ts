import { connect as connectPlainly, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { TargetAddress } from './checked-addresses';
import { OutboundFailure } from './outbound.errors';
import { hostOf, portOf } from './target-url';

/** How long the next address of a name waits for the one before it. */
const NEXT_ADDRESS_MS = 1_000;

/**
 * Connects to one of these addresses and to nothing else: the name is not asked for again.
 *
 * @throws OutboundFailure unreachable, bad-tls; and what the signal says
 */
export function connectTo(url: URL, addresses: readonly TargetAddress[], signal: AbortSignal): Promise<Socket> {
  const isSecure = url.protocol === 'https:';
  const socket = isSecure ? openSecurely(url, addresses) : connectPlainly(optionsOf(url, addresses));
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      reject(failureOf(error, url, isConnected));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => (isConnected = true));
    socket.once('error', fail);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
      // From here on the one who uses it hears of errors; between the two nobody may die of one.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    if (signal.aborted) abort();
  });
}

function openSecurely(url: URL, addresses: readonly TargetAddress[]): Socket {
  const host = hostOf(url);
  return connectSecurely({
    ...optionsOf(url, addresses),
    ALPNProtocols: ['http/1.1'],
    // Said here, so that no environment variable can unsay it.
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host.replace(/\.$/, '') } : {}),
  });
}

function optionsOf(url: URL, addresses: readonly TargetAddress[]): TcpNetConnectOpts {
  const [first] = addresses;
  return {
    host: hostOf(url),
    port: portOf(url),
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    lookup: (_host, { all }, give) => {
      if (all === true) give(null, [...addresses]);
      else give(null, first?.address ?? '', first?.family);
    },
  };
}

function failureOf(error: Error, { origin }: URL, isConnected: boolean): OutboundFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'no connection';
  return isConnected && !['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code)
    ? new OutboundFailure('bad-tls', `${origin} has no TLS certificate that can be trusted (${code}).`)
    : new OutboundFailure('unreachable', `${origin} cannot be reached (${code}).`);
}
