import { setTimeout as pause } from 'node:timers/promises';
import { isOld, type Outcome, type Race, type Row, type Stage } from './race';

const WATCH_MS = 600;
/** As long as a command needs to leave the process. */
const SENT_MS = 60;

async function overtaken({ reader, writer }: Stage, row: Row): Promise<Outcome> {
  const slow = await row.slowRead(reader);
  await row.write(writer);
  await slow.finish();
  return row.watch(reader, WATCH_MS);
}

export const slowFill: Race = {
  name: 'slow fill, one process',
  story:
    'a load has queried the database; a write commits and its eviction is acknowledged; the load ends and is stored',
  kind: 'memory',
  processes: 1,
  run: overtaken,
};

export const slowFillOfAnother: Race = {
  name: 'slow fill, two processes',
  story: 'the same, and the write is in another process on the same Redis',
  kind: 'redis',
  processes: 2,
  run: overtaken,
};

export const joinedLoad: Race = {
  name: 'load joined after a write',
  story: 'a load has queried the database; a write is acknowledged; a new reader comes while that load still runs',
  kind: 'memory',
  processes: 1,
  run: async ({ reader, writer }, row) => {
    const slow = await row.slowRead(reader);
    await row.write(writer);
    const answer = reader.read(row.key, row.load);
    await pause(SENT_MS);
    await slow.finish();
    const stale = isOld(await answer);
    return { reads: 1, stale: stale ? 1 : 0, staleForMs: stale ? SENT_MS : 0, toTheEnd: false };
  },
};

export const storeOnItsWay: Race = {
  name: 'write between load and store',
  story:
    'a load has ended and its value is on the way to Redis; a write in another process is acknowledged; the value arrives',
  kind: 'redis',
  processes: 2,
  run: async ({ reader, writer, network }, row) => {
    const slow = await row.slowRead(reader);
    const arrive = network.holdRequests();
    const answer = slow.finish();
    await pause(SENT_MS);
    await row.write(writer);
    arrive();
    await answer;
    await pause(SENT_MS);
    return row.watch(reader, WATCH_MS);
  },
};
