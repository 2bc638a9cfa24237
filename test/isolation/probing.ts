import { canaryOf } from '../support/canaries';
import type { Judge } from './judge';
import type { Answer } from './keep-alive-client';
import type { Person } from './people';
import type { Probe, Requests } from './requests';
import type { Watch } from './watch';

/** Requests that are under way at the same time. */
const AT_ONCE = 12;

/** Sends `count` probes to instances, in turns, and has every answer looked through. */
export async function sendProbes(
  count: number,
  { urls, people }: { readonly urls: readonly string[]; readonly people: readonly Person[] },
  requests: Requests,
  judge: Judge,
  watch: Watch,
): Promise<void> {
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < count) {
      const turn = sent++;
      const person = people[turn % people.length];
      const url = urls[Math.floor(turn / people.length) % urls.length];
      if (person === undefined || url === undefined) throw new Error('Nobody asks nobody');
      const probe = requests.next(person);
      const answer = await person.client.send(url, probe);
      judge.judge(probe, answer);
      learn(probe, answer, requests, watch);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Ids of what was made, and what can be asked for next. */
function learn({ operation, person, method, path }: Probe, answer: Answer, requests: Requests, watch: Watch): void {
  const { tenant } = person;
  const { status, text, head, etag } = answer;
  if (status === 201) {
    const id = /\/([0-9a-f-]{36})(?=\n|$)/.exec(head)?.[1];
    if (id !== undefined) watch.learn(id, tenant);
  }
  if (method !== 'GET' || status !== 200) return;
  const cursor = /"nextCursor":"([^"]+)"/.exec(text)?.[1];
  if (cursor !== undefined) {
    const [place = '', query = ''] = path.split('?');
    const next = new URLSearchParams(query);
    next.delete('page');
    next.set('cursor', cursor);
    requests.note({ operation, path: `${place}?${next.toString()}` });
  }
  if (etag !== undefined && text.includes(canaryOf(tenant))) requests.note({ operation, path, etag });
}
