import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditLog, type AuditEntry } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { LargeChanges } from '../large-changes';
import { RiskTags } from '../risk.cache';
import { rescore } from './rescore';
import { changedSettings, thresholdsOf, type RiskSettings } from './risk-settings';
import type { RiskSettingsResponse } from './settings.dto';
import { takeSettings } from './settings-lock';
import { assertSettings } from './settings.reader';
import { settingsInForce, storeVersion } from './settings-rows';

@Injectable()
export class SettingsService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
    private readonly largeChanges: LargeChanges,
  ) {}

  /**
   * Puts settings in the place of those in force and, in the same transaction, gives every risk the severity that it has
   * by them. What changes nothing makes no version.
   *
   * @throws UnprocessableBody 422, StaleVersion 412, Unavailable 503 when too many wait
   */
  @CacheEvict({ tags: [RiskTags.settings, RiskTags.all, RiskTags.each] })
  async replace(expected: ExpectedVersion, settings: RiskSettings): Promise<RiskSettingsResponse> {
    assertSettings(settings);
    return this.largeChanges.run(() =>
      this.database.transaction(async (tx) => {
        await takeSettings(tx);
        const before = await settingsInForce(tx);
        assertVersion(expected, before.version);
        if (changedSettings(before, settings).length === 0) return before;
        await this.store(tx, before, settings);
        return settingsInForce(tx);
      }),
    );
  }

  private async store(tx: Transaction, before: RiskSettingsResponse, settings: RiskSettings): Promise<void> {
    const version = before.version + 1;
    const [was, thresholds] = [thresholdsOf(before), thresholdsOf(settings)];
    await storeVersion(tx, before.version, settings);
    const moved = isDeepStrictEqual(was, thresholds)
      ? 0
      : await rescore(tx, thresholds, `Severities by version ${version} of the risk settings`);
    await this.audit.record(tx, changeEntry(version, moved, before, settings));
  }
}

function changeEntry(version: number, movedRisks: number, before: RiskSettings, after: RiskSettings): AuditEntry {
  const changes = changedSettings(before, after).map((field) => ({
    field,
    before: before[field],
    after: after[field],
  }));
  return { action: 'risk-settings.update', resource: 'risk-settings', details: { version, movedRisks, changes } };
}
