import { randomUUID } from 'node:crypto';
import { runInContext } from '../../src/context/request-context';
import { daysBefore, utcToday } from '../../src/http/period';
import { AcceptanceExpiry } from '../../src/risk/acceptance/acceptance-expiry';
import type { AcceptanceResponse } from '../../src/risk/acceptance/acceptance.dto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { withClient } from '../support/open-database';
import type { TestApp } from '../support/test-app';
import { addRisk } from './risk';

/** `If-Match` of whatever is there. */
export const anyVersion = { 'if-match': '*' };
export const today = utcToday();

/** The UTC day that many days from now. */
export function inDays(days: number): string {
  return daysBefore(today, -days);
}

/** What is done to acceptances of the tenant acme; by its analyst, unless said otherwise. */
export class Acceptances {
  private readonly analyst: ApiClient;

  constructor(private readonly app: TestApp) {
    this.analyst = app.as('analyst');
  }

  sql(text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
    return withClient(this.app.database.adminUrl, async (client) => (await client.query(text, values)).rows);
  }

  async riskOf(id: string): Promise<RiskResponse> {
    return (await this.analyst.get(`/api/v1/risks/${id}`)).body as RiskResponse;
  }

  async acceptancesOf(id: string): Promise<AcceptanceResponse[]> {
    return (await this.analyst.get(`/api/v1/risks/${id}/acceptance`)).body.items as AcceptanceResponse[];
  }

  request(id: string, validUntil = inDays(100), client = this.analyst): Promise<ApiAnswer> {
    return client.post(`/api/v1/risks/${id}/acceptance`, { justification: 'Too dear.', validUntil }, anyVersion);
  }

  /** @param action approve, reject, withdraw or revoke */
  act(client: ApiClient, id: string, action: string, body: object = {}, headers = anyVersion): Promise<ApiAnswer> {
    return client.post(`/api/v1/risks/${id}/acceptance/${action}`, body, headers);
  }

  move(id: string, status: string): Promise<ApiAnswer> {
    return this.analyst.post(`/api/v1/risks/${id}/transition`, { status }, anyVersion);
  }

  /** Null when the risk may move there. */
  async reasonAgainst(id: string, to: string): Promise<string | null> {
    const { moves } = (await this.analyst.get(`/api/v1/risks/${id}/transitions`)).body;
    return (moves as { status: string; reason: string | null }[]).find(({ status }) => status === to)?.reason ?? null;
  }

  /** @returns the id of a risk that is IN_TREATMENT, in its third version */
  async inTreatment(): Promise<string> {
    const { id } = await addRisk(this.analyst, { status: 'ASSESSED' });
    await this.sql(
      `INSERT INTO mitigations (tenant_id, id, risk_id, title, status) VALUES ($1, $2, $3, 'M', 'IN_PROGRESS')`,
      [this.app.acme.id, randomUUID(), id],
    );
    await this.move(id, 'TREATMENT_PLANNED');
    await this.move(id, 'IN_TREATMENT');
    return id;
  }

  /** @returns the id of a risk that is ACCEPTED */
  async accepted(validUntil = inDays(100)): Promise<string> {
    const id = await this.inTreatment();
    await this.request(id, validUntil);
    await this.act(this.app.as('manager'), id, 'approve');
    const { status, text } = await this.move(id, 'ACCEPTED');
    if (status !== 200) throw new Error(`ACCEPTED: ${status} ${text}`);
    return id;
  }

  /** As if the acceptance had been given for a day that has passed since. */
  async overSince(id: string, day: string): Promise<void> {
    const live = `status IN ('PENDING', 'APPROVED')`;
    await this.sql(`UPDATE risk_acceptances SET valid_until = $2 WHERE risk_id = $1 AND ${live}`, [id, day]);
    await this.sql('UPDATE risks SET accepted_until = $2 WHERE id = $1 AND accepted_until IS NOT NULL', [id, day]);
  }

  /** What the job does each hour, as if it were that day. */
  expire(day = today, { app }: TestApp = this.app): Promise<void> {
    const context = { requestId: 'job', tenantId: this.app.acme.id };
    return runInContext(context, () => app.get(AcceptanceExpiry).settleAll(day));
  }
}
