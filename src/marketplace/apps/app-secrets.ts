import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { ReadSession, Transaction } from '../../database/session';
import { sealedColumn } from '../../secrets/sealed-column';
import { SecretBox } from '../../secrets/secret-box';
import type { ChangedConfiguration } from './configuration-change';

const SEALED = sealedColumn('app_secrets', 'sealed');

interface SecretRow {
  readonly id: string;
  readonly name: string;
  readonly sealed: string;
}

/** Secrets of apps: sealed in the database, opened for their connector only. */
@Injectable()
export class AppSecrets {
  constructor(private readonly box: SecretBox) {}

  /** Puts new ones in, in place of those that have their names; takes others out. */
  async change(
    tx: Transaction,
    appId: string,
    { newSecrets, droppedSecrets }: Pick<ChangedConfiguration, 'newSecrets' | 'droppedSecrets'>,
  ): Promise<void> {
    await this.remove(tx, appId, [...newSecrets.keys(), ...droppedSecrets]);
    for (const [name, text] of newSecrets) {
      const id = newId();
      await tx.query('INSERT INTO app_secrets (tenant_id, id, app_id, name, sealed) VALUES ($1, $2, $3, $4, $5)', [
        ...[tx.tenantId, id, appId, name],
        this.box.seal(text, SEALED.place(tx.tenantId, id)),
      ]);
    }
  }

  /** All of an app that is going. */
  async removeAll(tx: Transaction, appId: string): Promise<void> {
    await tx.query('DELETE FROM app_secrets WHERE tenant_id = $1 AND app_id = $2', [tx.tenantId, appId]);
  }

  /** By name. */
  async open(session: ReadSession, appId: string): Promise<ReadonlyMap<string, string>> {
    const rows = await session.query<SecretRow>(
      'SELECT tenant_id, id, name, sealed FROM app_secrets WHERE tenant_id = $1 AND app_id = $2',
      [session.tenantId, appId],
    );
    return new Map(
      rows.map(({ id, name, sealed }) => [name, this.box.open(sealed, SEALED.place(session.tenantId, id))]),
    );
  }

  private async remove(tx: Transaction, appId: string, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await tx.query('DELETE FROM app_secrets WHERE tenant_id = $1 AND app_id = $2 AND name = ANY ($3::text[])', [
      ...[tx.tenantId, appId, names],
    ]);
  }
}
