import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import type { FieldProblem } from '../../errors/domain-error';
import { UnprocessableBody } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { GrantsReader } from '../../rbac/grants.reader';
import { Forbidden } from '../../rbac/rbac.errors';
import { Catalogue } from '../catalogue/catalogue';
import type { Connector } from '../connector';
import { AppLog } from '../logs/app-log';
import type { AppAction } from '../logs/log.dto';
import { AppTags, CatalogueTags } from '../marketplace.cache';
import { AppUninstalled, ConnectorGone, NotInstallable } from '../marketplace.errors';
import { AppEvents } from './app-events';
import { appIn, insertApp, lockApp, updateApp, type AppRecord } from './app-record';
import { AppSecrets } from './app-secrets';
import type { AppStatus } from './app-terms';
import type { AppResponse, ConfigureApp, InstallApp } from './app.dto';
import { changeConfiguration, lacksSecret, type ChangedConfiguration } from './configuration-change';

/** What a change makes of an app. */
type NextApp = Pick<AppRecord, 'name' | 'status' | 'configuration'>;

/** Changes of apps, each in a transaction of its own, written down in the audit log and in the log of the app. */
@Injectable()
export class AppService {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly secrets: AppSecrets,
    private readonly grants: GrantsReader,
    private readonly audit: AuditLog,
    private readonly log: AppLog,
    private readonly events: AppEvents,
  ) {}

  /**
   * @throws UnprocessableBody 422 for an unknown connector, or a configuration that its schema refuses; Forbidden 403 for
   *   who lacks what the connector needs; NotInstallable 409, AlreadyInstalled 409, TooManyInstallations 409
   */
  @CacheEvict({ tags: [AppTags.lists, CatalogueTags.all] })
  async install({ connectorId, name, configuration }: InstallApp): Promise<AppResponse> {
    const { manifest } = this.installable(connectorId);
    await this.assertHolds(manifest);
    const changed = accepted(changeConfiguration(manifest.configSchema, configuration));
    const id = newId();
    const began = performance.now();
    return this.database.transaction(async (tx) => {
      const app = { id, connectorId, connector: manifest.slug, name: name ?? manifest.name };
      const { userId } = currentActor();
      const installed = { ...app, status: 'INSTALLED', configuration: changed.configuration } as const;
      await insertApp(tx, { ...installed, multiple: manifest.multiple ?? false, installedBy: userId });
      await this.secrets.change(tx, id, changed);
      await this.events.installed(tx, installed);
      await this.record(tx, 'app.install', app, { fields: fieldsOf(changed) });
      const durationMs = performance.now() - began;
      await this.log.record({ appId: id, action: 'INSTALL', outcome: 'SUCCEEDED', durationMs });
      return appIn(tx, id);
    });
  }

  /**
   * A new URL drops the secrets that were for the old one: the app is PENDING until those that it needs are given anew.
   *
   * @throws NotFound 404, StaleVersion 412, UnprocessableBody 422, AppUninstalled 409, ConnectorGone 409
   */
  @CacheEvict({ tags: [AppTags.one, AppTags.lists] })
  configure(id: string, expected: ExpectedVersion, { name, configuration }: ConfigureApp): Promise<AppResponse> {
    return this.change(id, 'CONFIGURE', expected, async (tx, app) => {
      const { configSchema } = this.connectorOf(app).manifest;
      const changed = accepted(changeConfiguration(configSchema, configuration, app));
      const status = statusAfter(app.status, changed.isIncomplete);
      const next = { name, configuration: changed.configuration, status };
      if (isSame(app, next, changed)) return undefined;
      await this.secrets.change(tx, id, changed);
      const details = { fields: fieldsOf(changed), droppedSecrets: changed.droppedSecrets };
      await this.record(tx, 'app.configure', app, details);
      return next;
    });
  }

  /** @throws NotFound 404, AppUninstalled 409, ConnectorGone 409 */
  @CacheEvict({ tags: [AppTags.one, AppTags.lists] })
  enable(id: string): Promise<AppResponse> {
    return this.change(id, 'ENABLE', 'any', async (tx, app) => {
      if (app.status !== 'DISABLED') return undefined;
      const isIncomplete = lacksSecret(this.connectorOf(app).manifest.configSchema, app.secrets);
      await this.record(tx, 'app.enable', app);
      return { ...app, status: isIncomplete ? 'PENDING' : 'INSTALLED' };
    });
  }

  /** It keeps its configuration, and does nothing until it is enabled. @throws NotFound 404, AppUninstalled 409 */
  @CacheEvict({ tags: [AppTags.one, AppTags.lists] })
  disable(id: string): Promise<AppResponse> {
    return this.change(id, 'DISABLE', 'any', async (tx, app) => {
      if (app.status === 'DISABLED') return undefined;
      await this.record(tx, 'app.disable', app);
      return { ...app, status: 'DISABLED' };
    });
  }

  /**
   * Its secrets go; what it has brought stays, and so does what was done with it.
   *
   * @throws NotFound 404, StaleVersion 412, AppUninstalled 409
   */
  @CacheEvict({ tags: [AppTags.one, AppTags.lists, CatalogueTags.all] })
  async uninstall(id: string, expected: ExpectedVersion): Promise<void> {
    await this.change(id, 'UNINSTALL', expected, async (tx, app) => {
      await this.secrets.removeAll(tx, id);
      await this.record(tx, 'app.uninstall', app);
      return { ...app, status: 'UNINSTALLED' };
    });
  }

  private change(
    id: string,
    action: AppAction,
    expected: ExpectedVersion,
    /** Undefined when the app is so already. */
    next: (tx: Transaction, app: AppRecord) => Promise<NextApp | undefined>,
  ): Promise<AppResponse> {
    return this.log.watch(id, action, (succeeded) =>
      this.database.transaction(async (tx) => {
        const app = await lockApp(tx, id);
        if (app.status === 'UNINSTALLED') throw new AppUninstalled();
        assertVersion(expected, app.version);
        const changed = await next(tx, app);
        if (changed) {
          await updateApp(tx, id, changed);
          await this.events.changed(tx, { ...app, ...changed });
          await succeeded();
        }
        return appIn(tx, id);
      }),
    );
  }

  private installable(connectorId: string): Connector {
    const connector = this.catalogue.find(connectorId);
    if (!connector) {
      throw new UnprocessableBody('There is no such connector.', [
        { pointer: '/connectorId', code: 'unknown', message: 'is not in the catalogue' },
      ]);
    }
    const { status } = connector.manifest;
    if (status === 'DEPRECATED' || status === 'INACTIVE') throw new NotInstallable(status);
    return connector;
  }

  /** It will work in their place: nobody has done by a connector what they may not do. @throws Forbidden 403 */
  private async assertHolds({ requiredPermissions }: Connector['manifest']): Promise<void> {
    for (const permission of requiredPermissions) {
      if ((await this.grants.scopeOf(permission)) !== 'tenant') throw new Forbidden(permission);
    }
  }

  private connectorOf({ connectorId, connector }: AppRecord): Connector {
    const found = this.catalogue.find(connectorId);
    if (!found) throw new ConnectorGone(connector);
    return found;
  }

  /** Names of fields, never what is in them: a configuration may tell more than everybody who reads the audit log should know. */
  private record(
    tx: Transaction,
    action: string,
    { id, connector, name }: Pick<AppRecord, 'id' | 'connector' | 'name'>,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    return this.audit.record(tx, { action, resource: 'app', resourceId: id, details: { connector, name, ...details } });
  }
}

/** @throws UnprocessableBody 422 with pointers into the body */
function accepted(changed: ChangedConfiguration): ChangedConfiguration {
  const { problems } = changed;
  if (problems.length === 0) return changed;
  const inBody = problems.map((problem): FieldProblem => ({ ...problem, pointer: `/configuration${problem.pointer}` }));
  throw new UnprocessableBody("The configuration is not as the connector's schema says.", inBody);
}

function isSame(app: AppRecord, next: NextApp, { newSecrets, droppedSecrets }: ChangedConfiguration): boolean {
  const { name, configuration, status } = app;
  return newSecrets.size + droppedSecrets.length === 0 && isDeepStrictEqual({ name, configuration, status }, next);
}

function fieldsOf({ configuration, newSecrets }: ChangedConfiguration): string[] {
  return [...Object.keys(configuration), ...newSecrets.keys()];
}

/** A configuration neither enables an app nor proves that what failed works now. */
function statusAfter(status: AppStatus, isIncomplete: boolean): AppStatus {
  if (status === 'DISABLED') return status;
  if (isIncomplete) return 'PENDING';
  return status === 'PENDING' ? 'INSTALLED' : status;
}
