import type { RiskResponse } from '../risk.dto';

/** The risks, batch by batch; from the beginning each time it is called. */
export type Batches = () => AsyncIterable<readonly RiskResponse[]>;
