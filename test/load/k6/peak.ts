import { report } from './report.ts';
import { optionsFor, type Slice } from './shape.ts';
import { prepare, type Data } from './visit.ts';

const slices: Slice[] = [
  { server: 'cached', phase: 'ramp', seconds: 60, users: 50, from: 1 },
  { server: 'cached', phase: 'measured', seconds: 210, users: 50 },
  { server: 'cached', phase: 'down', seconds: 30, users: 1, from: 50 },
];

/** The busiest hour: fifty users who never rest, each cached read as often as every other. */
export const options = optionsFor({
  slices,
  mix: 'any',
  thresholds: {
    'http_req_failed{server:cached,phase:measured}': ['rate<0.001'],
    'http_req_duration{server:cached,phase:measured,kind:read}': ['p(95)<500'],
    // Nobody gave up waiting for a connection.
    'pool_timeouts{server:cached}': ['count<=0'],
  },
});

export const setup = (): Data => prepare(['cached']);
export { conclude as teardown, look, visit } from './visit.ts';
export const handleSummary = (data: Parameters<typeof report>[2]): Record<string, string> =>
  report('peak', slices, data);
