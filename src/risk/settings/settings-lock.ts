import type { Transaction } from '../../database/session';
import type { SeverityThresholds } from '../risk-score';
import { thresholdsInForce } from './settings-rows';

/** Whoever stores a severity shares it; who changes the thresholds has it alone, and waits for them. */
const KEY = `hashtextextended('risk-settings ' || $1, 0)`;

/** Keeps the settings as they are until the end of the transaction. Before any lock on a row: else two wait for each other. */
export function holdSettings(tx: Transaction): Promise<unknown> {
  return tx.query(`SELECT pg_advisory_xact_lock_shared(${KEY})`, [tx.tenantId]);
}

/** Waits until nobody stores a risk, and keeps others from doing so until the end of the transaction. */
export function takeSettings(tx: Transaction): Promise<unknown> {
  return tx.query(`SELECT pg_advisory_xact_lock(${KEY})`, [tx.tenantId]);
}

/** The thresholds in force, and in force they stay until the end of the transaction. */
export async function heldThresholds(tx: Transaction): Promise<SeverityThresholds> {
  // Statements of their own: one that waits for a lock sees tables as they were before it waited.
  const [, thresholds] = await Promise.all([holdSettings(tx), thresholdsInForce(tx)]);
  return thresholds;
}
