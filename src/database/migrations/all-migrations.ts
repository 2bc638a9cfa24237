import { Accounts1795219200001 } from './1795219200001-accounts';
import { Register1795219200002 } from './1795219200002-register';
import { Treatment1795219200003 } from './1795219200003-treatment';
import { Credentials1795219200004 } from './1795219200004-credentials';
import { Teams1795219200005 } from './1795219200005-teams';
import { Audit1795219200006 } from './1795219200006-audit';
import { Jobs1795219200008 } from './1795219200008-jobs';
import { TenantEnd1795219200009 } from './1795219200009-tenant-end';
import { IdempotencyKeys1795219200010 } from './1795219200010-idempotency-keys';
import { CustomFields1795219200011 } from './1795219200011-custom-fields';
import { MitigationLists1795219200012 } from './1795219200012-mitigation-lists';
import { Acceptance1795219200013 } from './1795219200013-acceptance';
import { RiskSettings1795219200014 } from './1795219200014-risk-settings';
import { RegisterDays1795219200015 } from './1795219200015-register-days';
import { RegisterTallies1795219200016 } from './1795219200016-register-tallies';
import { JobFiles1795219200017 } from './1795219200017-job-files';
import { RiskSearch1795219200018 } from './1795219200018-risk-search';
import { Marketplace1795219200019 } from './1795219200019-marketplace';
import { RiskSources1795219200020 } from './1795219200020-risk-sources';
import { Outbox1795219200021 } from './1795219200021-outbox';
import { SyncRuns1795219200022 } from './1795219200022-sync-runs';
import { RecommendedOrder1795219200023 } from './1795219200023-recommended-order';
import { SeveralApps1795219200024 } from './1795219200024-several-apps';
import { RiskGroups1795219200025 } from './1795219200025-risk-groups';
import { SearchWholeWords1795219200026 } from './1795219200026-search-whole-words';
import { TableStatistics1795219200027 } from './1795219200027-table-statistics';

/** In the order in which they run. A migration that was released is never edited. */
export const ALL_MIGRATIONS = [
  Accounts1795219200001,
  Register1795219200002,
  Treatment1795219200003,
  Credentials1795219200004,
  Teams1795219200005,
  Audit1795219200006,
  Jobs1795219200008,
  TenantEnd1795219200009,
  IdempotencyKeys1795219200010,
  CustomFields1795219200011,
  MitigationLists1795219200012,
  Acceptance1795219200013,
  RiskSettings1795219200014,
  RegisterDays1795219200015,
  RegisterTallies1795219200016,
  JobFiles1795219200017,
  RiskSearch1795219200018,
  Marketplace1795219200019,
  RiskSources1795219200020,
  Outbox1795219200021,
  SyncRuns1795219200022,
  RecommendedOrder1795219200023,
  SeveralApps1795219200024,
  RiskGroups1795219200025,
  SearchWholeWords1795219200026,
  TableStatistics1795219200027,
];
