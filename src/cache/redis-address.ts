/** Where a Redis server, or a sentinel, listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface ClusterAddress {
  readonly kind: 'cluster';
  /** Some of its nodes, which know the others. */
  readonly seeds: readonly Endpoint[];
  readonly urlOf: (node: Endpoint) => string;
}

export interface SentinelAddress {
  readonly kind: 'sentinel';
  readonly masterName: string;
  readonly sentinelUrls: readonly string[];
  /** Its host says nothing: the sentinels tell which. */
  readonly url: string;
}

/** What REDIS_URL names. Its credentials are those of the servers. */
export type RedisAddress = { readonly kind: 'single'; readonly url: string } | ClusterAddress | SentinelAddress;

/** A REDIS_URL that names nothing. The message holds nothing of it: there may be a password in it. */
export class UnusableRedisUrl extends Error {
  constructor(why: string) {
    super(`REDIS_URL ${why}`);
    this.name = 'UnusableRedisUrl';
  }
}

const FORM =
  /^(?<scheme>rediss?)(?:\+(?<topology>cluster|sentinel))?:\/\/(?:(?<credentials>[^@/?#\s]*)@)?(?<hosts>[^/?#@\s]+)(?<path>\/[^?#\s]*)?(?:\?(?<query>[^#\s]*))?$/;
const HOST = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/;
const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;

/**
 * - `redis://[user:password@]host[:port][/db]`: one server
 * - `redis+cluster://[user:password@]host[:port][,host[:port]...]`: a Redis Cluster, by some of its nodes
 * - `redis+sentinel://[user:password@]sentinel[:port][,...]/master-name[/db][?sentinelPassword=...]`
 *
 * `rediss` instead of `redis` speaks TLS, to sentinels too.
 *
 * @throws UnusableRedisUrl
 */
export function parseRedisUrl(text: string): RedisAddress {
  const { scheme = '', topology, credentials, hosts = '', path = '', query = '' } = FORM.exec(text)?.groups ?? {};
  if (hosts === '') throw new UnusableRedisUrl('is no redis://, redis+cluster:// or redis+sentinel:// URL');
  const login = credentials ? `${credentials}@` : '';
  assertUrl(`${scheme}://${login}host`);
  const parts = path.split('/').filter(Boolean);
  if (topology === 'cluster') {
    if (parts.length > 0) throw new UnusableRedisUrl('names a database, and a Redis Cluster has only one');
    const urlOf = ({ host, port }: Endpoint): string => `${scheme}://${login}${host}:${port}`;
    return { kind: 'cluster', seeds: endpointsOf(hosts, REDIS_PORT), urlOf };
  }
  if (topology === 'sentinel') {
    const [masterName, database] = parts;
    if (masterName === undefined || parts.length > 2) {
      throw new UnusableRedisUrl('must name the master its sentinels watch: redis+sentinel://host:26379/name');
    }
    const password = new URLSearchParams(query).get('sentinelPassword');
    const sentinelLogin = password === null ? '' : `:${encodeURIComponent(password)}@`;
    return {
      kind: 'sentinel',
      masterName: decodeURIComponent(masterName),
      sentinelUrls: endpointsOf(hosts, SENTINEL_PORT).map(
        ({ host, port }) => `${scheme}://${sentinelLogin}${host}:${port}`,
      ),
      url: `${scheme}://${login}master-of-the-sentinels${database === undefined ? '' : `/${databaseOf(database)}`}`,
    };
  }
  if (hosts.includes(',')) {
    throw new UnusableRedisUrl('names several servers: say redis+cluster:// or redis+sentinel://');
  }
  endpointsOf(hosts, REDIS_PORT);
  if (parts.length > 1) throw new UnusableRedisUrl('must end with the number of a database, or nothing');
  if (parts[0] !== undefined) databaseOf(parts[0]);
  return { kind: 'single', url: text };
}

/** Told in our words: those of others hold the URL, and with it the password. */
function assertUrl(url: string): void {
  if (!URL.canParse(url)) throw new UnusableRedisUrl('has credentials that are not percent-encoded');
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(username + password);
  } catch {
    throw new UnusableRedisUrl('has credentials that are not percent-encoded');
  }
}

function endpointsOf(hosts: string, defaultPort: number): Endpoint[] {
  return hosts.split(',').map((text) => {
    const { host, port = defaultPort } = HOST.exec(text)?.groups ?? {};
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw new UnusableRedisUrl('must name hosts as host:port, separated by commas');
    }
    return { host, port: Number(port) };
  });
}

function databaseOf(text: string): string {
  if (!/^\d+$/.test(text)) throw new UnusableRedisUrl('must end with the number of a database, or nothing');
  return text;
}
