import { report } from './report.ts';
import { optionsFor, type Slice } from './shape.ts';
import { prepare, type Data } from './visit.ts';

const slices: Slice[] = [
  { server: 'uncached', phase: 'ramp', seconds: 10, users: 5, from: 1 },
  { server: 'uncached', phase: 'measured', seconds: 120, users: 5 },
];

/** The yardstick: without a cache. */
export const options = optionsFor({
  slices,
  thresholds: {
    'http_req_failed{server:uncached,phase:measured}': ['rate<0.001'],
    // Otherwise its cache is on.
    'cache_hits{server:uncached,phase:measured,cache:data}': ['rate<=0'],
  },
});

export const setup = (): Data => prepare(['uncached']);
export { conclude as teardown, look, visit } from './visit.ts';
export const handleSummary = (data: Parameters<typeof report>[2]): Record<string, string> =>
  report('baseline', slices, data);
