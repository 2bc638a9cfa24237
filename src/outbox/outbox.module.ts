import { Global, Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { DeliveryQueue } from './delivery-queue';
import { Outbox } from './outbox';
import { OutboxConfig } from './outbox.config';
import { OutboxRetention } from './outbox-retention';

@Global()
@Module({
  providers: [provideConfig(OutboxConfig), Outbox, OutboxRetention, DeliveryQueue],
  exports: [Outbox, DeliveryQueue],
})
export class OutboxModule {}
