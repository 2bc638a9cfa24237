import { Global, Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { CheckedAddresses } from './checked-addresses';
import { OutboundClient } from './outbound-client';
import { OutboundConfig } from './outbound.config';
import { OutboundMetrics, outboundMetricProvider } from './outbound.metrics';
import { TargetBreakers } from './target-breakers';
import { TenantSlots } from './tenant-slots';

@Global()
@Module({
  providers: [
    provideConfig(OutboundConfig),
    CheckedAddresses,
    TenantSlots,
    TargetBreakers,
    outboundMetricProvider,
    OutboundMetrics,
    OutboundClient,
  ],
  exports: [OutboundClient, OutboundConfig],
})
export class OutboundModule {}
