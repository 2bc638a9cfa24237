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
import { RiskSyncModule } from '../risk/sync/risk-sync.module';
import { ConnectorReviewController } from './reviews/connector-review.controller';
import { ConnectorReviewReader } from './reviews/connector-review.reader';
import { ConnectorReviewService } from './reviews/connector-review.service';
import { SyncAttempt } from './sync/sync-attempt';
import { SyncEnds } from './sync/sync-ends';
import { SyncRunReader } from './sync/sync-run.reader';
import { SyncSchedule } from './sync/sync-schedule';
import { SyncStarts } from './sync/sync-starts';
import { SyncConfig } from './sync/sync.config';
import { SyncController } from './sync/sync.controller';
import { SyncJob } from './sync/sync.job';
import { SyncService } from './sync/sync.service';

@Module({
  imports: [RiskSyncModule],
  controllers: [CatalogueController, ConnectorReviewController, AppController, SyncController],
  providers: [
    provideConfig(MarketplaceConfig),
    KeysetPages,
    Catalogue,
    CataloguePages,
    CatalogueReader,
    ConnectorReviewReader,
    ConnectorReviewService,
    AppContexts,
    AppSecrets,
    AppReader,
    AppService,
    AppTester,
    AppLog,
    LogReader,
    provideConfig(SyncConfig),
    SyncAttempt,
    SyncEnds,
    SyncJob,
    SyncRunReader,
    SyncSchedule,
    SyncService,
    SyncStarts,
  ],
})
export class MarketplaceModule {}
