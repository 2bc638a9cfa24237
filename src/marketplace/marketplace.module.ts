import { Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { Catalogue } from './catalogue/catalogue';
import { MarketplaceConfig } from './marketplace.config';

@Module({
  providers: [provideConfig(MarketplaceConfig), Catalogue],
})
export class MarketplaceModule {}
