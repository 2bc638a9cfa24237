import { report } from './report.ts';
import { optionsFor, type Slice } from './shape.ts';
import { prepare, type Data } from './visit.ts';

const slices: Slice[] = [
  { server: 'cached', phase: 'before', seconds: 60, users: 5 },
  { server: 'cached', phase: 'measured', seconds: 120, users: 100 },
  { server: 'cached', phase: 'recovery', seconds: 10, users: 5 },
  { server: 'cached', phase: 'after', seconds: 110, users: 5 },
];

/** A hundred users at once. Whether it is as quick after them as before is judged by `npm run load`. */
export const options = optionsFor({
  slices,
  thresholds: {
    'http_req_failed{server:cached,phase:measured}': ['rate<0.01'],
    'http_req_failed{server:cached,phase:after}': ['rate<0.001'],
  },
});

export const setup = (): Data => prepare(['cached']);
export { conclude as teardown, look, visit } from './visit.ts';
export const handleSummary = (data: Parameters<typeof report>[2]): Record<string, string> =>
  report('spike', slices, data);
