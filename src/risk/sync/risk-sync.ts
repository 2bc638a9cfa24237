import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import type { Transaction } from '../../database/session';
import type { FieldProblem } from '../../errors/domain-error';
import { fieldsOf } from '../custom-fields/custom-field.reader';
import { fieldProblems } from '../custom-fields/field-values';
import { lockRisks, type RiskRecord } from '../risk-record';
import { insertRisks, updateRisks, type ChangedRisk } from '../risk-writer';
import { RiskTags } from '../risk.cache';
import { heldThresholds } from '../settings/settings-lock';
import { planLikelihood } from './plan-likelihood';
import { planRisk, registeredId, type PlannedRisk, type TenantRules } from './plan-risk';
import { recordProblems } from './record-problems';
import {
  broughtLikelihoods,
  keepSeen,
  keepWords,
  knownRisks,
  markUnseen,
  risksWithCve,
  takeTurn,
  type SourceWord,
} from './source-rows';
import { StepTally } from './step-tally';
import type { LikelihoodSyncRecord, RiskSyncRecord, SyncOutcome, SyncRecord, SyncSource } from './sync-record';

/** The door by which the records of a connector become risks. */
@Injectable()
export class RiskSync {
  constructor(private readonly audit: AuditLog) {}

  /**
   * Stores one step of a source, as a part of the transaction: new risks, and in known ones what is new at the source. The
   * same records once more change nothing.
   *
   * @param records at most some hundreds: they are locked together
   */
  async store(tx: Transaction, source: SyncSource, records: readonly SyncRecord[]): Promise<SyncOutcome> {
    const rules = await rulesHeld(tx);
    await takeTurn(tx, source.connector);
    const tally = new StepTally();
    const fit = await leaveOutUnfit(records, tally);
    const risks = fit.filter((record) => record.kind === 'risk');
    const likelihoods = fit.filter((record) => record.kind === 'likelihood');
    if (risks.length > 0) await this.storeRisks(tx, source, risks, rules, tally);
    if (likelihoods.length > 0) await this.storeLikelihoods(tx, source, likelihoods, rules, tally);
    const { counts } = tally;
    if (counts.created + counts.updated > 0) {
      const details = { ...source, counts };
      await this.audit.record(tx, { action: 'risk.sync', resource: 'risk', details });
    }
    return { counts, failures: tally.failures };
  }

  /**
   * At the end of a run that has seen all of its source, and could read all of it: what it has not seen is marked.
   *
   * @returns how many were marked
   */
  async markVanished(tx: Transaction, source: SyncSource): Promise<number> {
    await takeTurn(tx, source.connector);
    return markUnseen(tx, source);
  }

  private async storeRisks(
    tx: Transaction,
    source: SyncSource,
    records: readonly RiskSyncRecord[],
    rules: TenantRules,
    tally: StepTally,
  ): Promise<void> {
    const { connector } = source;
    const ids = records.flatMap(({ row: { candidate } }) => candidate?.externalId ?? []);
    const known = await knownRisks(tx, connector, new Map(ids.map((id) => [id, registeredId(connector, id)])));
    const locked = await lockRisks(
      tx,
      [...known.values()].map(({ riskId }) => riskId),
    );
    const riskById = new Map<string, RiskRecord>(locked.map((risk) => [risk.id, risk]));
    const planned = new Map<string, PlannedRisk>();
    for (const { row } of records) {
      const externalId = row.candidate?.externalId;
      if (externalId !== undefined && planned.has(externalId)) {
        tally.add('skipped');
        continue;
      }
      const before = externalId === undefined ? undefined : known.get(externalId);
      const risk = before && riskById.get(before.riskId);
      const plan = planRisk(row, connector, before && risk ? { ...before, risk } : undefined, newId, rules);
      if (externalId !== undefined) planned.set(externalId, plan);
      if (plan.outcome === 'failed') tally.fail(row, plan.problems);
      else tally.add(plan.outcome);
    }
    await this.write(tx, {
      created: [...planned.values()].flatMap((plan) => (plan.outcome === 'created' ? [plan.risk] : [])),
      updated: [...planned.values()].flatMap((plan) => (plan.outcome === 'updated' ? [plan.change] : [])),
    });
    await keepWords(tx, source, 'RISK', [...planned].flatMap(wordOf));
    const silent = [...planned].filter((entry) => wordOf(entry).length === 0).map(([id]) => id);
    await keepSeen(tx, source, 'RISK', silent);
  }

  private async storeLikelihoods(
    tx: Transaction,
    source: SyncSource,
    records: readonly LikelihoodSyncRecord[],
    { thresholds, fieldProblems }: TenantRules,
    tally: StepTally,
  ): Promise<void> {
    const byCve = new Map(records.map((record) => [record.cve, record]));
    const cveOf = await risksWithCve(tx, [...byCve.keys()]);
    const concerned = new Set(cveOf.values());
    for (const { cve } of records) if (!concerned.has(cve)) tally.add('skipped');
    if (cveOf.size === 0) return;
    const [risks, brought] = await Promise.all([
      lockRisks(tx, [...cveOf.keys()]),
      broughtLikelihoods(tx, source.connector, [...cveOf.keys()]),
    ]);
    const updated: ChangedRisk[] = [];
    const words: SourceWord[] = [];
    for (const risk of risks) {
      const record = byCve.get(cveOf.get(risk.id) ?? '');
      // Deleted while its lock was waited for.
      if (!record || risk.deletedAt !== null) continue;
      const plan = planLikelihood(risk, brought.get(risk.id), record, thresholds);
      const problems = plan.change ? fieldProblems({ epssScore: record.epss, epssPercentile: record.percentile }) : [];
      if (problems.length > 0) {
        tally.fail({ candidate: { externalId: record.cve } }, problems);
        continue;
      }
      tally.add(plan.change ? 'updated' : 'unchanged');
      if (plan.change) updated.push(plan.change);
      if (plan.brought) words.push({ externalId: record.cve, riskId: risk.id, brought: plan.brought });
    }
    await this.write(tx, { created: [], updated });
    await keepWords(tx, source, 'LIKELIHOOD', words);
    await keepSeen(tx, source, 'LIKELIHOOD', [...concerned]);
  }

  private async write(tx: Transaction, changes: { created: RiskRecord[]; updated: ChangedRisk[] }): Promise<void> {
    if (changes.created.length + changes.updated.length > 0) await this.change(tx, changes);
  }

  @CacheEvict({ tags: [RiskTags.all, RiskTags.each] })
  async change(
    tx: Transaction,
    { created, updated }: { created: readonly RiskRecord[]; updated: readonly ChangedRisk[] },
  ): Promise<void> {
    if (created.length > 0) await insertRisks(tx, created, 'SYNCED');
    if (updated.length > 0) await updateRisks(tx, updated, 'SYNCED');
  }
}

async function leaveOutUnfit(records: readonly SyncRecord[], tally: StepTally): Promise<SyncRecord[]> {
  const problems = await Promise.all(records.map(recordProblems));
  return records.filter((record, index) => {
    const ofRecord = problems[index] ?? [];
    if (ofRecord.length > 0) tally.fail(subjectOf(record, ofRecord), ofRecord);
    return ofRecord.length === 0;
  });
}

/** An id that is not fit is not fit to be told either. */
function subjectOf(record: SyncRecord, problems: readonly FieldProblem[]): Parameters<StepTally['fail']>[0] {
  const isFit = (field: string): boolean => problems.every(({ pointer }) => pointer !== field);
  if (record.kind === 'likelihood') return isFit('/cve') ? { candidate: { externalId: record.cve } } : {};
  const { row, candidate } = record.row;
  return candidate && isFit('/externalId') ? { row, candidate } : { row };
}

async function rulesHeld(tx: Transaction): Promise<TenantRules> {
  const [thresholds, definitions] = await Promise.all([heldThresholds(tx), fieldsOf(tx)]);
  return {
    thresholds,
    // What a source does not have nobody can require of it.
    fieldProblems: (values) => fieldProblems(definitions, values, { isNew: false }),
  };
}

function wordOf([externalId, plan]: readonly [string, PlannedRisk]): SourceWord[] {
  switch (plan.outcome) {
    case 'created':
      return [{ externalId, riskId: plan.risk.id, brought: plan.candidate }];
    case 'updated':
      return [{ externalId, riskId: plan.change.risk.id, brought: plan.candidate }];
    case 'unchanged':
      return plan.candidate ? [{ externalId, riskId: plan.riskId, brought: plan.candidate }] : [];
    default:
      return [];
  }
}
