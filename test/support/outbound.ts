import { Histogram } from 'prom-client';
import { readConfig } from '../../src/config/read-config';
import { CheckedAddresses } from '../../src/outbound/checked-addresses';
import { OutboundClient } from '../../src/outbound/outbound-client';
import { OutboundConfig } from '../../src/outbound/outbound.config';
import { OutboundFailure } from '../../src/outbound/outbound.errors';
import { OutboundMetrics } from '../../src/outbound/outbound.metrics';
import { TargetBreakers } from '../../src/outbound/target-breakers';
import { TenantSlots } from '../../src/outbound/tenant-slots';

/** The settings under which servers of a test may be asked. */
export const loopback = { OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.0/8' };

/** A way out with these settings, and how its requests ended. */
export interface OpenOutbound {
  readonly client: OutboundClient;
  readonly outcomes: () => Promise<Record<string, number>>;
}

export function openOutbound(env: Readonly<Record<string, string>> = {}): OpenOutbound {
  const config = readConfig(OutboundConfig, env);
  const duration = new Histogram({ name: 'outbound', help: 'In this test.', registers: [], labelNames: ['outcome'] });
  const metrics = new OutboundMetrics(duration);
  const parts = [new CheckedAddresses(config), new TenantSlots(config), new TargetBreakers(config)] as const;
  return {
    client: new OutboundClient(config, ...parts, metrics),
    outcomes: async () => {
      const { values } = await duration.get();
      const counts = values.filter(({ metricName, value }) => metricName === 'outbound_count' && value > 0);
      return Object.fromEntries(counts.map(({ labels, value }) => [String(labels.outcome), value]));
    },
  };
}

/** What a request is refused with; @throws what is no {@link OutboundFailure} */
export async function failureOf(work: Promise<unknown>): Promise<OutboundFailure> {
  const error: unknown = await work.then(
    () => new Error('It did not fail.'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof OutboundFailure) return error;
  throw error;
}
