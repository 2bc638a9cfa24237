import { report } from './report.ts';
import { optionsFor, type Slice } from './shape.ts';
import type { ServerName } from './environment.ts';
import { prepare, type Data } from './visit.ts';

const ROUNDS = 7;
const USERS = 10;
const sides: readonly ServerName[] = ['cached', 'uncached'];

/** Both servers in turns, so that whatever else the machine does meets both. */
const slices: Slice[] = [
  { server: 'cached', phase: 'warm-up', seconds: 45, users: USERS, exec: 'warmUp' },
  ...sides.map((server) => ({ server, phase: 'ramp', seconds: 30, users: USERS, from: 1 })),
  ...Array.from({ length: ROUNDS }, (_, round) => (round % 2 === 0 ? sides : [...sides].reverse())).flatMap((turn) =>
    turn.map((server) => ({ server, phase: 'measured', seconds: 30, users: USERS })),
  ),
  { server: 'cached', phase: 'nothing', seconds: 30, users: USERS, exec: 'idle' },
];

/** With a cache against without, each for four minutes; what comes of the comparison is judged by `npm run load`. */
export const options = optionsFor({
  slices,
  thresholds: {
    'http_req_failed{server:cached,phase:measured}': ['rate<0.001'],
    'http_req_failed{server:uncached,phase:measured}': ['rate<0.001'],
    'cache_hits{server:cached,phase:measured,cache:data}': ['rate>=0.75'],
    'cache_hits{server:uncached,phase:measured,cache:data}': ['rate<=0'],
  },
});

export const setup = (): Data => prepare(sides);
export { conclude as teardown, idle, look, visit, warmUp } from './visit.ts';
export const handleSummary = (data: Parameters<typeof report>[2]): Record<string, string> =>
  report('warm', slices, data);
