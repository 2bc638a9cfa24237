import { report } from './report.ts';
import { optionsFor, type Slice } from './shape.ts';
import { prepare, type Data } from './visit.ts';

const slices: Slice[] = [
  { server: 'cached', phase: 'to-50', seconds: 120, users: 50, from: 1 },
  { server: 'cached', phase: 'to-100', seconds: 120, users: 100, from: 50 },
  { server: 'cached', phase: 'to-200', seconds: 120, users: 200, from: 100 },
  { server: 'cached', phase: 'measured', seconds: 180, users: 200 },
  { server: 'cached', phase: 'down', seconds: 60, users: 1, from: 200 },
];

/** Far more than there should be: slower, but nothing breaks. */
export const options = optionsFor({
  slices,
  thresholds: {
    'http_req_failed{server:cached,phase:measured}': ['rate<0.01'],
    'http_req_duration{server:cached,phase:measured,kind:read}': ['p(95)<1000'],
    'pool_open{server:cached,phase:measured}': ['max<=20'],
  },
});

export const setup = (): Data => prepare(['cached']);
export { conclude as teardown, look, visit } from './visit.ts';
export const handleSummary = (data: Parameters<typeof report>[2]): Record<string, string> =>
  report('stress', slices, data);
