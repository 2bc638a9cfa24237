import { Global, Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { Outbox } from './outbox';
import { OutboxConfig } from './outbox.config';
import { OutboxRetention } from './outbox-retention';

@Global()
@Module({
  providers: [provideConfig(OutboxConfig), Outbox, OutboxRetention],
  exports: [Outbox],
})
export class OutboxModule {}
