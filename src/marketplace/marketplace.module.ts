import { Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { KeysetPages } from '../database/keyset-page';
import { AppContexts } from './apps/app-contexts';
import { AppSecrets } from './apps/app-secrets';
import { AppTester } from './apps/app-tester';
import { AppController } from './apps/app.controller';
import { AppReader } from './apps/app.reader';
import { AppService } from './apps/app.service';
import { Catalogue } from './catalogue/catalogue';
import { CataloguePages } from './catalogue/catalogue-page';
import { CatalogueController } from './catalogue/catalogue.controller';
import { CatalogueReader } from './catalogue/catalogue.reader';
import { AppLog } from './logs/app-log';
import { LogReader } from './logs/log.reader';
import { MarketplaceConfig } from './marketplace.config';
import { ConnectorReviewController } from './reviews/connector-review.controller';
import { ConnectorReviewReader } from './reviews/connector-review.reader';
import { ConnectorReviewService } from './reviews/connector-review.service';

@Module({
  controllers: [CatalogueController, ConnectorReviewController, AppController],
  providers: [
    provideConfig(MarketplaceConfig),
    KeysetPages,
    Catalogue,
    CataloguePages,
    CatalogueReader,
    ConnectorReviewReader,
    ConnectorReviewService,
    AppSecrets,
    AppContexts,
    AppReader,
    AppService,
    AppTester,
    AppLog,
    LogReader,
  ],
})
export class MarketplaceModule {}
