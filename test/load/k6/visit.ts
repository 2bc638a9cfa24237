import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { emails, serverCalled, shareOfWrites, type Server, type ServerName } from './environment.ts';
import { cacheHits, countedAt, tellGrowth, watch, type Counted } from './metrics.ts';
import { anyRead, nthOf, usualRead, type Read } from './reads.ts';
import { logIn, sessionAt, type Session } from './session.ts';
import { exploreAt, type World } from './world.ts';
import { usualWrite } from './writes.ts';
import { pickPopular } from './zipf.ts';

interface Prepared {
  readonly world: World;
  readonly sessions: readonly Session[];
  readonly counted: Counted | undefined;
}

/** Of k6 itself; its types have none. */
declare const console: { warn(message: string): void };

const LOOK_SECONDS = 0.5;
/** Of each virtual user. */
const MOST_REFUSALS_TOLD = 2;

/** By name of the server. */
export type Data = Readonly<Partial<Record<ServerName, Prepared>>>;

export function prepare(names: readonly ServerName[]): Data {
  const data: Partial<Record<ServerName, Prepared>> = {};
  for (const name of names) {
    const server = serverCalled(name);
    const sessions = emails.map((email) => logIn(server, email));
    const world = exploreAt(server, sessions[0]?.token ?? '');
    data[name] = { world, sessions, counted: countedAt(server) };
  }
  return data;
}

export function conclude(data: Data): void {
  for (const [name, prepared] of Object.entries(data)) {
    if (prepared.counted) tellGrowth(serverCalled(name as ServerName), prepared.counted);
  }
}

/** One request of one user. */
export function visit(data: Data): void {
  const { server, world, token } = visitorOf(data);
  if (Math.random() < shareOfWrites) {
    write(server, world, token);
    return;
  }
  const chosen = __ENV['LOAD_MIX'] === 'any' ? anyRead() : usualRead();
  read(server, token, chosen, pickPopular(chosen.items(world)));
}

/** All users together read everything once, the most popular risks first, and begin anew when they have time left. */
export function warmUp(data: Data): void {
  const { server, world, token } = visitorOf(data);
  const { read: next, item } = nthOf(world, exec.scenario.iterationInTest);
  read(server, token, next, item);
}

/** What a request costs that asks nobody: no cache can do better. */
export function idle(): void {
  const { url } = currentServer();
  http.get(`${url}/health/live`, { tags: { kind: 'read', name: 'nothing' } });
}

/** Once, by somebody who does nothing else. */
export function look(): void {
  watch(currentServer());
  sleep(LOOK_SECONDS);
}

function visitorOf(data: Data): { server: Server; world: World; token: string } {
  const server = currentServer();
  const prepared = data[server.name];
  if (!prepared) throw new Error(`Nothing is known of the ${server.name} server`);
  return { server, world: prepared.world, token: sessionAt(server, prepared.sessions).token };
}

/** Each executor says whom it asks. */
function currentServer(): Server {
  return serverCalled(__ENV['LOAD_SERVER'] as ServerName);
}

function read({ url }: Server, token: string, { name, path }: Read, item: string): void {
  const asked = path(item);
  const answer = http.get(`${url}${asked}`, {
    headers: { authorization: `Bearer ${token}` },
    tags: { kind: 'read', name },
  });
  tellRefusal(name, answer);
  const status = answer.headers['Cache-Status'] ?? '';
  const cache = asked.startsWith('/api/v1/rbac/') ? 'rbac' : 'data';
  cacheHits.add(status.includes('; hit'), { cache, name });
}

function write({ url }: Server, world: World, token: string): void {
  const { method, path, body, name } = usualWrite(world);
  const answer = http.request(method, `${url}${path}`, JSON.stringify(body), {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' },
    tags: { kind: 'write', name },
  });
  tellRefusal(name, answer);
}

let refusals = 0;

/** What went wrong first is what one wants to know. */
function tellRefusal(name: string, { status, error }: { status: number; error: string }): void {
  if (status > 0 && status < 400) return;
  if (refusals++ < MOST_REFUSALS_TOLD) console.warn(`${name}: ${status} ${error}`);
}
