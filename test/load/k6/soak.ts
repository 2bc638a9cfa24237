import { soakMinutes } from './environment.ts';
import { report } from './report.ts';
import { optionsFor, type Slice } from './shape.ts';
import { prepare, type Data } from './visit.ts';

const USERS = 10;
const seconds = soakMinutes * 60;

const slices: Slice[] = [
  // Caches fill and the compiler learns: memory grows here as it should.
  { server: 'cached', phase: 'ramp', seconds: 0.2 * seconds, users: USERS, from: 1 },
  { server: 'cached', phase: 'early', seconds: 0.2 * seconds, users: USERS },
  { server: 'cached', phase: 'measured', seconds: 0.4 * seconds, users: USERS },
  { server: 'cached', phase: 'late', seconds: 0.2 * seconds, users: USERS },
];

/** As long as one likes (`--minutes`). Whether memory grows is judged by `npm run load`. */
export const options = optionsFor({
  slices,
  thresholds: { 'http_req_failed{server:cached,phase:measured}': ['rate<0.001'] },
});

export const setup = (): Data => prepare(['cached']);
export { conclude as teardown, look, visit } from './visit.ts';
export const handleSummary = (data: Parameters<typeof report>[2]): Record<string, string> =>
  report('soak', slices, data);
