import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentReach } from '../../context/rights';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { UnprocessableBody } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { Permission } from '../../rbac/permission';
import { OutOfReach } from '../../rbac/rbac.errors';
import { RISK_LIMITS } from '../risk-terms';
import { CustomFieldTags } from './custom-field.cache';
import type { CreateCustomField, CustomFieldResponse, UpdateCustomField } from './custom-field.dto';
import { FieldKeyTaken, TooManyFields } from './custom-field.errors';
import { fieldIn, fieldsOf } from './custom-field.reader';
import { definitionProblems, type FieldDefinition } from './field-definition';

const evicted = { tags: [CustomFieldTags.all] };

/** Changes of a tenant's fields take turns. What risks hold already stays as it is, also when its definition goes. */
const TAKE_TURN = `SELECT pg_advisory_xact_lock(hashtextextended('custom-fields ' || $1, 0))`;

/** All may throw OutOfReach 403: definitions belong to nobody, so `risk:admin` must reach the whole tenant. */
@Injectable()
export class CustomFieldService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /** @throws UnprocessableBody 422 for what contradicts itself, FieldKeyTaken 409, TooManyFields 409 */
  @CacheEvict(evicted)
  create({ key, label, type, ...given }: CreateCustomField): Promise<CustomFieldResponse> {
    const { required = false, min = null, max = null, pattern = null, choices = [], position = 0 } = given;
    assertConsistent({ key, type, required, min, max, pattern, choices });
    const id = newId();
    return this.change(async (tx) => {
      if ((await fieldsOf(tx)).length >= RISK_LIMITS.customFields) throw new TooManyFields(RISK_LIMITS.customFields);
      await unlessKeyTaken(
        tx.query(
          `INSERT INTO custom_fields (tenant_id, id, key, label, type, required, min, max, pattern, choices, position)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
          [tx.tenantId, id, key, label, type, required, min, max, pattern, choices, position],
        ),
      );
      await this.record(tx, 'custom-field.create', id, { key, type });
      return fieldIn(tx, id);
    });
  }

  /** @throws NotFound 404, StaleVersion 412, UnprocessableBody 422 for what contradicts itself */
  @CacheEvict(evicted)
  update(id: string, expected: ExpectedVersion, change: UpdateCustomField): Promise<CustomFieldResponse> {
    return this.change(async (tx) => {
      const before = await fieldIn(tx, id);
      assertVersion(expected, before.version);
      const sent = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      if (
        Object.entries(sent).every(([name, value]) => isDeepStrictEqual(before[name as keyof typeof before], value))
      ) {
        return before;
      }
      const { label, required, min, max, pattern, choices, position, ...kept } = { ...before, ...sent };
      assertConsistent({ ...kept, required, min, max, pattern, choices });
      await tx.query(
        `UPDATE custom_fields SET label = $3, required = $4, min = $5, max = $6, pattern = $7, choices = $8,
                position = $9, version = version + 1, updated_at = statement_timestamp()
          WHERE tenant_id = $1 AND id = $2`,
        [tx.tenantId, id, label, required, min, max, pattern, choices, position],
      );
      await this.record(tx, 'custom-field.update', id, { key: kept.key, fields: Object.keys(sent) });
      return fieldIn(tx, id);
    });
  }

  /** @throws NotFound 404, StaleVersion 412 */
  @CacheEvict(evicted)
  remove(id: string, expected: ExpectedVersion): Promise<void> {
    return this.change(async (tx) => {
      const { key, version } = await fieldIn(tx, id);
      assertVersion(expected, version);
      await tx.query('DELETE FROM custom_fields WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id]);
      await this.record(tx, 'custom-field.delete', id, { key });
    });
  }

  private change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (currentReach(Permission.RiskAdmin) !== 'tenant') throw new OutOfReach(Permission.RiskAdmin);
    return this.database.transaction(async (tx) => {
      await tx.query(TAKE_TURN, [tx.tenantId]);
      return work(tx);
    });
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'custom-field', resourceId, details });
  }
}

function assertConsistent(definition: FieldDefinition): void {
  const problems = definitionProblems(definition);
  if (problems.length > 0) throw new UnprocessableBody('The custom field contradicts itself.', problems);
}

async function unlessKeyTaken(statement: Promise<unknown>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    throw brokenConstraint(error) === 'custom_fields_key_key' ? new FieldKeyTaken(error) : error;
  }
}
