import http from 'k6/http';
import { emails, password, tenant, type Server } from './environment.ts';

export interface Session {
  readonly token: string;
  /** Milliseconds since the epoch: from then on its holder logs in anew. */
  readonly renewAt: number;
}

/** Each login costs the server a password hash: those of the setup serve all virtual users until they expire. */
const LATEST_RENEWAL_SECONDS = 30;
const EARLIEST_RENEWAL_SECONDS = 150;

/** @throws Error when it is refused: without a token there is nothing to measure */
export function logIn({ url }: Server, email: string): Session {
  const credentials = { email, password, ...(tenant === undefined ? {} : { tenant }) };
  const answer = http.post(`${url}/api/v1/auth/login`, JSON.stringify(credentials), {
    headers: { 'content-type': 'application/json' },
    responseType: 'text',
    tags: { kind: 'login', name: 'login' },
  });
  if (answer.status !== 200) throw new Error(`Login as ${email}: ${answer.status} ${answer.body}`);
  const { accessToken, expiresIn } = answer.json() as { accessToken: string; expiresIn: number };
  // Not all at once.
  const early = LATEST_RENEWAL_SECONDS + Math.random() * (EARLIEST_RENEWAL_SECONDS - LATEST_RENEWAL_SECONDS);
  return { token: accessToken, renewAt: Date.now() + Math.max(10, expiresIn - early) * 1000 };
}

const own: Partial<Record<string, Session>> = {};

/** That of the account that this virtual user works with. */
export function sessionAt(server: Server, shared: readonly Session[]): Session {
  const account = __VU % emails.length;
  const session = own[server.name] ?? shared[account];
  if (session !== undefined && Date.now() < session.renewAt) return session;
  return (own[server.name] = logIn(server, emails[account] ?? ''));
}
