import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import { OutboundClient } from '../../outbound/outbound-client';
import { Catalogue } from '../catalogue/catalogue';
import type { Connector, ConnectorContext } from '../connector';
import { AppUninstalled, AppNotReady, ConnectorGone } from '../marketplace.errors';
import { readApp, type AppRecord } from './app-record';
import { AppSecrets } from './app-secrets';
import { redacted, secretFinder } from './redaction';

export interface AppAtWork {
  readonly app: AppRecord;
  readonly connector: Connector;
  readonly context: ConnectorContext;
  /** A text without the secrets of the app, whatever the other side has said; at most 1000 characters. */
  readonly withoutSecrets: (text: string) => string;
  /** Whether a secret of the app is in a text: one of 12 characters or more, that nothing else is mistaken for. */
  readonly holdsSecret: (text: string) => boolean;
}

/** What a connector works with: the configuration of an app with its secrets opened, and the way out. */
@Injectable()
export class AppContexts {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly secrets: AppSecrets,
    private readonly http: OutboundClient,
  ) {}

  /** @throws NotFound 404, AppUninstalled 409, AppNotReady 409 while a secret is missing, ConnectorGone 409 */
  async open(id: string, signal: AbortSignal): Promise<AppAtWork> {
    const [app, secrets] = await this.database.read((session) =>
      Promise.all([readApp(session, id), this.secrets.open(session, id)]),
    );
    if (app.status === 'UNINSTALLED') throw new AppUninstalled();
    if (app.status === 'PENDING') throw new AppNotReady(app.status);
    const connector = this.catalogue.find(app.connectorId);
    if (!connector) throw new ConnectorGone(app.connector);
    const configuration = { ...app.configuration, ...Object.fromEntries(secrets) };
    const withoutSecrets = (text: string): string => redacted(text, secrets.values());
    const holdsSecret = secretFinder(secrets.values());
    return { app, connector, context: { configuration, http: this.http, signal }, withoutSecrets, holdsSecret };
  }
}
