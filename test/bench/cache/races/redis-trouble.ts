import { setTimeout as pause } from 'node:timers/promises';
import { isOld, Row, type Race } from './race';

const OUTAGE_MS = 500;
/** Time enough to reconnect. */
const WATCH_MS = 3_000;
const MESSAGE_MS = 200;

export const missedMessage: Race = {
  name: 'message missed',
  story:
    'a reader holds the value in its memory; its line to Redis is cut for 500 ms, and meanwhile a write elsewhere is acknowledged',
  kind: 'tiered',
  processes: 2,
  run: async ({ reader, writer, network }, row) => {
    const control = new Row(`${row.key} control`);
    for (const each of [row, control, row, control]) await reader.read(each.key, each.load);
    network.refusing = true;
    network.cut();
    await row.write(writer);
    setTimeout(() => (network.refusing = false), OUTAGE_MS);
    const outcome = await row.watch(reader, OUTAGE_MS + WATCH_MS);
    // With the line back, evictions arrive again: it is the one that was missed that is not made up for.
    await control.write(writer);
    await pause(MESSAGE_MS);
    const deaf = isOld(await reader.read(control.key, control.load));
    return deaf ? { ...outcome, remark: 'and so without a cut: it has no messages here' } : outcome;
  },
};

export const oldData: Race = {
  name: 'Redis restarted with old data',
  story: 'a value is stored; Redis is backed up; a write is acknowledged; Redis dies and comes back from the backup',
  kind: 'redis',
  processes: 2,
  run: async ({ reader, writer, redis }, row) => {
    await reader.read(row.key, row.load);
    await pause(MESSAGE_MS);
    redis.backUp();
    await row.write(writer);
    await redis.restartFromBackup();
    return row.watch(reader, WATCH_MS);
  },
};
