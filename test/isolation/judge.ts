import { canaryOf } from '../support/canaries';
import type { Answer } from './keep-alive-client';
import type { Probe } from './requests';
import type { Tally } from './tally';
import type { Watch } from './watch';

/** Looks through every answer for what belongs to the other tenant. */
export class Judge {
  /** ETags of answers with canaries, which no two tenants can share, and whose they are. */
  private readonly tags = new Map<string, string>();

  constructor(
    private readonly watch: Watch,
    readonly tally: Tally,
  ) {}

  judge(probe: Probe, { status, head, text, cache, etag }: Answer): void {
    const { operation, person, isAimed, method, path } = probe;
    const { tenant } = person;
    const { tally, watch } = this;
    const isGood = status < 300;
    const isRead = method === 'GET';
    const tells = text.includes(canaryOf(tenant));
    tally.count(status);
    if (isAimed) tally.aimed++;
    if (isRead && isGood) tally.answered.add(operation.name);
    if (!isRead && isGood) tally.changed++;
    if (tells) tally.telling++;
    if (cache === 'HIT') tally.hits++;
    if (cache === 'MISS') tally.misses++;
    if (status === 304) tally.unchanged++;

    const named = `${tenant.slug}, ${person.name}: ${method} ${path} ${status}`;
    if (status >= 500 || status === 401 || status === 429) tally.failures.push(`${named} ${text.slice(0, 200)}`);
    if (isAimed && isGood) tally.leaks.push(`${named}: it is there for them`);
    const asked = probe.headers['if-none-match'];
    if (status === 304 && asked !== undefined && this.tags.get(asked) === watch.other(tenant).slug) {
      tally.leaks.push(`${named}: the same as what the other tenant was told`);
    }
    if (isRead && tells && etag !== undefined) this.tags.set(etag, tenant.slug);
    const foreign = this.foreignIn(probe, head + text, isGood);
    if (foreign.length > 0) tally.leaks.push(`${named}: tells ${[...new Set(foreign)].slice(0, 3).join()}`);
  }

  /** But for what the request itself has named: that comes back in refusals, and in what is told of a change. */
  private foreignIn({ operation, person, method, path, body = '' }: Probe, answer: string, isGood: boolean): string[] {
    const { watch } = this;
    const named = watch.note(path + body, person.tenant);
    const foreign = watch.foreignIn(answer, person.tenant);
    if (foreign.length === 0) return foreign;
    const echoed = isGood && method === 'GET' ? [] : named;
    // The audit log of refusals names what was asked for in vain.
    const isLog = operation.path.includes('/audit-logs');
    const mayBeTold = (secret: string): boolean =>
      echoed.includes(secret) || (isLog && watch.wasAsked(secret, person.tenant));
    return foreign.filter((secret) => !mayBeTold(secret));
  }
}
