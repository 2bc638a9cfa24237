import { Module } from '@nestjs/common';
import { BackgroundJobsModule } from '../background-jobs/background-jobs.module';
import { provideConfig } from '../config/config.module';
import { KeysetPages } from '../database/keyset-page';
import { AssetController } from './assets/asset.controller';
import { AssetReader } from './assets/asset.reader';
import { AssetService } from './assets/asset.service';
import { AcceptanceController } from './acceptance/acceptance.controller';
import { AcceptanceExpiry } from './acceptance/acceptance-expiry';
import { AcceptanceReader } from './acceptance/acceptance.reader';
import { AcceptanceService } from './acceptance/acceptance.service';
import { BulkController } from './bulk/bulk.controller';
import { BulkService } from './bulk/bulk.service';
import { CommentController } from './comments/comment.controller';
import { CommentReader } from './comments/comment.reader';
import { CommentService } from './comments/comment.service';
import { CustomFieldController } from './custom-fields/custom-field.controller';
import { CustomFieldReader } from './custom-fields/custom-field.reader';
import { CustomFieldService } from './custom-fields/custom-field.service';
import { ExportController } from './export/export.controller';
import { RiskExport } from './export/risk-export';
import { HistoryController } from './history/history.controller';
import { HistoryReader } from './history/history.reader';
import { ImportController } from './import/import.controller';
import { ImportService } from './import/import.service';
import { ImportJob } from './import/later/import-job';
import { ImportJobController } from './import/later/import-job.controller';
import { LifecycleController } from './lifecycle/lifecycle.controller';
import { LifecycleReader } from './lifecycle/lifecycle.reader';
import { MatrixController } from './matrix/matrix.controller';
import { MatrixReader } from './matrix/matrix.reader';
import { MitigationController } from './mitigations/mitigation.controller';
import { MitigationReader } from './mitigations/mitigation.reader';
import { MitigationService } from './mitigations/mitigation.service';
import { RecommendedController } from './mitigations/recommended/recommended.controller';
import { RecommendedReader } from './mitigations/recommended/recommended.reader';
import { SubActionController } from './mitigations/sub-actions/sub-action.controller';
import { SubActionReader } from './mitigations/sub-actions/sub-action.reader';
import { SubActionService } from './mitigations/sub-actions/sub-action.service';
import { LargeChanges } from './large-changes';
import { ReviewController } from './reviews/review.controller';
import { ReviewReader } from './reviews/review.reader';
import { ReviewService } from './reviews/review.service';
import { RiskChanges } from './risk-changes';
import { RiskConfig } from './risk.config';
import { RiskController } from './risk.controller';
import { RiskReader } from './risk.reader';
import { RiskService } from './risk.service';
import { ScoreController } from './score/score.controller';
import { ScoreReader } from './score/score.reader';
import { SettingsController } from './settings/settings.controller';
import { SettingsReader } from './settings/settings.reader';
import { SettingsService } from './settings/settings.service';
import { SearchController } from './search/search.controller';
import { SearchReader } from './search/search.reader';
import { RiskSyncModule } from './sync/risk-sync.module';
import { RiskSourceController } from './sync/source.controller';
import { RiskSourceReader } from './sync/source.reader';

@Module({
  imports: [BackgroundJobsModule, RiskSyncModule],
  controllers: [
    RiskController,
    SearchController,
    MatrixController,
    ScoreController,
    LifecycleController,
    AcceptanceController,
    ReviewController,
    HistoryController,
    MitigationController,
    RecommendedController,
    SubActionController,
    BulkController,
    ExportController,
    ImportController,
    ImportJobController,
    CommentController,
    RiskSourceController,
    AssetController,
    CustomFieldController,
    SettingsController,
  ],
  providers: [
    provideConfig(RiskConfig),
    LargeChanges,
    KeysetPages,
    RiskReader,
    SearchReader,
    MatrixReader,
    ScoreReader,
    LifecycleReader,
    HistoryReader,
    AcceptanceReader,
    AcceptanceService,
    AcceptanceExpiry,
    ReviewReader,
    ReviewService,
    RiskChanges,
    RiskService,
    MitigationReader,
    RecommendedReader,
    SubActionReader,
    MitigationService,
    SubActionService,
    BulkService,
    RiskExport,
    ImportService,
    ImportJob,
    CommentReader,
    RiskSourceReader,
    CommentService,
    AssetReader,
    AssetService,
    CustomFieldReader,
    CustomFieldService,
    SettingsReader,
    SettingsService,
  ],
})
export class RiskModule {}
