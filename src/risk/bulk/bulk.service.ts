import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { DomainError } from '../../errors/domain-error';
import type { ExpectedVersion } from '../../http/conditional';
import { GrantsReader } from '../../rbac/grants.reader';
import { Permission } from '../../rbac/permission';
import { Forbidden } from '../../rbac/rbac.errors';
import { fieldsOf } from '../custom-fields/custom-field.reader';
import type { FieldDefinition } from '../custom-fields/field-definition';
import { LargeChanges } from '../large-changes';
import { RiskChanges } from '../risk-changes';
import { RiskTags } from '../risk.cache';
import type { BulkItemResponse, BulkOperation, BulkRequest, BulkResponse } from './bulk.dto';
import { BulkRolledBack } from './bulk.errors';

const permissions = {
  create: Permission.RiskCreate,
  update: Permission.RiskUpdate,
  delete: Permission.RiskDelete,
  transition: Permission.RiskUpdate,
} as const satisfies Record<BulkOperation['op'], Permission>;

/** Where in an operation the fields are that its own request would have at the top. */
const nested: Readonly<Record<BulkOperation['op'], string>> = {
  create: '/risk',
  update: '/change',
  delete: '',
  transition: '',
};

/** What is looked up once for all operations. */
interface Known {
  /** What somebody does not have of the permissions that they need. */
  readonly missing: ReadonlySet<Permission>;
  readonly definitions: readonly FieldDefinition[];
}

/** Many changes in one request and one transaction, each in a savepoint of its own. */
@Injectable()
export class BulkService {
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsReader,
    private readonly audit: AuditLog,
    private readonly changes: RiskChanges,
    private readonly largeChanges: LargeChanges,
  ) {}

  /** @throws Unavailable 503 when too many wait; BulkRolledBack 422 when the request is atomic and an operation failed */
  @CacheEvict({ tags: [RiskTags.all, RiskTags.each] })
  run(request: BulkRequest): Promise<BulkResponse> {
    return this.largeChanges.run(() => this.carryOutAll(request));
  }

  private async carryOutAll({ atomic = true, operations }: BulkRequest): Promise<BulkResponse> {
    const missing = await this.missingPermissions(operations);
    return this.database.transaction(async (tx) => {
      const definitions = await fieldsOf(tx);
      const results: BulkItemResponse[] = [];
      for (const [index, operation] of operations.entries())
        results.push(await this.attempt(index, operation, { missing, definitions }));
      const failed = results.filter(({ problem }) => problem).length;
      if (atomic && failed > 0) throw new BulkRolledBack(results);
      return { atomic, succeeded: results.length - failed, failed, results };
    });
  }

  private async attempt(
    index: number,
    operation: BulkOperation,
    { missing, definitions }: Known,
  ): Promise<BulkItemResponse> {
    try {
      const permission = permissions[operation.op];
      if (missing.has(permission)) throw new Forbidden(permission);
      const result = await this.database.transaction((tx) => this.carryOut(tx, operation, definitions));
      return { index, ...result };
    } catch (error) {
      // What the database or this program cannot do at all is not the operation's fault.
      if (!(error instanceof DomainError) || error.status >= 500) throw error;
      if (error.status === 403) this.audit.denied(error);
      const { status, code, message, errors } = error;
      const place = `/operations/${index}${nested[operation.op]}`;
      const located = errors?.map((each) => ({ ...each, pointer: `${place}${each.pointer}` }));
      const problem = { code, detail: message, ...(located ? { errors: located } : {}) };
      return { index, status, id: 'id' in operation ? operation.id : null, problem };
    }
  }

  private async carryOut(
    tx: Transaction,
    operation: BulkOperation,
    definitions: Known['definitions'],
  ): Promise<Omit<BulkItemResponse, 'index'>> {
    switch (operation.op) {
      case 'create': {
        const risk = await this.changes.create(tx, operation.risk, newId(), definitions);
        return { status: 201, id: risk.id, risk };
      }
      case 'update': {
        const expected = expectedBy(operation);
        const risk = await this.changes.update(tx, operation.id, expected, operation.change, definitions);
        return { status: 200, id: risk.id, risk };
      }
      case 'transition': {
        const risk = await this.changes.transition(tx, operation.id, expectedBy(operation), operation);
        return { status: 200, id: risk.id, risk };
      }
      case 'delete':
        await this.changes.remove(tx, operation.id, expectedBy(operation));
        return { status: 204, id: operation.id };
    }
  }

  private async missingPermissions(operations: readonly BulkOperation[]): Promise<ReadonlySet<Permission>> {
    const missing = new Set<Permission>();
    for (const permission of new Set(operations.map(({ op }) => permissions[op]))) {
      if ((await this.grants.scopeOf(permission)) === undefined) missing.add(permission);
    }
    return missing;
  }
}

function expectedBy({ version }: { readonly version?: number }): ExpectedVersion {
  return version === undefined ? 'any' : [version];
}
