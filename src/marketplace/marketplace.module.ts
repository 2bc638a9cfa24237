import { Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { KeysetPages } from '../database/keyset-page';
import { JobsConfig } from '../jobs/jobs.config';
import { AppContexts } from './apps/app-contexts';
import { AppEvents } from './apps/app-events';
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
import { DeliveryController } from './webhooks/delivery.controller';
import { DeliveryReader } from './webhooks/delivery.reader';
import { WebhookDeliverer } from './webhooks/webhook-deliverer';
import { WebhookLoop } from './webhooks/webhook-loop';
import { WebhookConfig } from './webhooks/webhook.config';
import { WebhookService } from './webhooks/webhook.service';

@Module({
  imports: [RiskSyncModule],
  controllers: [CatalogueController, ConnectorReviewController, AppController, SyncController, DeliveryController],
  providers: [
    provideConfig(MarketplaceConfig),
    provideConfig(WebhookConfig),
    provideConfig(JobsConfig),
    KeysetPages,
    Catalogue,
    CataloguePages,
    CatalogueReader,
    ConnectorReviewReader,
    ConnectorReviewService,
    AppEvents,
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
    DeliveryReader,
    WebhookService,
    WebhookDeliverer,
    WebhookLoop,
  ],
})
export class MarketplaceModule {}
