import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Flag, Instant, Integer, Text, Uuid } from '../../http/fields.decorator';
import { JsonObject } from '../../http/json-object.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices, QueryUuids } from '../../http/query-fields.decorator';
import { EXAMPLE_CONNECTOR_ID } from '../catalogue/catalogue.dto';
import { connectorIdOf } from '../connector-id';
import { APP_LIMITS, APP_STATUSES, SYNC_OUTCOMES, type AppStatus, type SyncOutcome } from './app-terms';

export type AppConfiguration = Readonly<Record<string, unknown>>;

const name = { min: 1, max: APP_LIMITS.name, example: 'Known exploited vulnerabilities' };
const configuration = { url: 'https://192.0.2.10/kev.json' };

export class AppQuery extends PageQuery {
  @QueryChoices(APP_STATUSES, { about: 'All but UNINSTALLED unless given.', example: ['INSTALLED', 'ERROR'] })
  status?: AppStatus[];

  @QueryUuids({ maxItems: 20 })
  connectorId?: string[];
}

export class InstallApp {
  @Uuid({ example: connectorIdOf('openrisk') })
  connectorId!: string;

  @Text({
    ...name,
    optional: true,
    about: 'The name of the connector unless given.',
    example: 'Register of our supplier',
  })
  name?: string;

  @JsonObject({
    about: "As the connector's configSchema says. Secrets are taken and never shown.",
    example: { url: 'https://openrisk.example.org', token: 'ork_the-token-of-the-other-one' },
  })
  configuration!: AppConfiguration;
}

export class ConfigureApp {
  @Text(name)
  name!: string;

  @JsonObject({
    about:
      'All of it. A secret that is left out, or sent as it is shown, stays as it is, unless the URL that it is sent to changes: then it is dropped. null removes it.',
    example: configuration,
  })
  configuration!: AppConfiguration;
}

export class AppResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Uuid({ example: EXAMPLE_CONNECTOR_ID })
  connectorId!: string;

  @Text({ max: 64, about: 'Slug of the connector.', example: 'cisa-kev' })
  connector!: string;

  @Text(name)
  name!: string;

  @Choice(APP_STATUSES, {
    about: 'PENDING lacks a secret; ERROR: its last sync failed.',
    example: 'INSTALLED',
  })
  status!: AppStatus;

  @JsonObject({
    about: 'A secret that is stored is shown as `{"set": true}`.',
    example: configuration,
  })
  configuration!: AppConfiguration;

  @Flag({ about: 'Whether it syncs by itself.', example: false })
  autoSync!: boolean;

  @Integer({ min: APP_LIMITS.shortestInterval, max: APP_LIMITS.longestInterval, example: 300 })
  syncIntervalSeconds!: number;

  @Instant({ nullable: true, example: null })
  lastSyncAt!: string | null;

  @Choice(SYNC_OUTCOMES, { nullable: true, example: null })
  lastSyncStatus!: SyncOutcome | null;

  @Text({ max: 2000, nullable: true, example: null })
  lastSyncError!: string | null;

  @Uuid({ nullable: true, about: 'Who has installed it.', example: EXAMPLE_ID })
  installedBy!: string | null;

  @Integer({ min: 1, max: 2_147_483_647, example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}
