import type { Fault } from './fault';

const sealing = 'test/integration/audit-seals';
const tampering = 'test/integration/audit-tampering';
const http = 'test/e2e/audit.e2e';

/** Mistakes in what keeps the audit log complete and honest. */
export const auditFaults: readonly Fault[] = [
  {
    name: 'a column of the audit log is not hashed',
    file: 'src/audit/audit-chain.ts',
    find: "  ['outcome', 'l.outcome'],\n",
    replace: '',
    caughtBy: [sealing, tampering],
  },
  {
    name: 'fields of audit entries are joined without their length',
    file: 'src/audit/audit-chain.ts',
    find: '`${Buffer.byteLength(field)}:${field}\\n`',
    replace: '`${field}\\n`',
    caughtBy: ['src/audit/audit-chain'],
  },
  {
    name: 'audit entries are sealed without taking turns',
    file: 'src/audit/seal-entries.ts',
    find: "if (!turn?.isMine) return { state: 'busy', count: 0, head: last };",
    replace: "if (!turn) return { state: 'busy', count: 0, head: last };",
    caughtBy: [sealing],
  },
  {
    name: 'nobody sweeps for unsealed audit entries',
    file: 'src/audit/audit-sealer.ts',
    find: 'if (found && found.count > 0)',
    replace: 'if (found && found.count < 0)',
    caughtBy: [sealing],
  },
  {
    name: 'an audit entry that was rolled back with its savepoint is written all the same',
    file: 'src/database/database.ts',
    find: '      if (!connection.spoiled) await connection.control(undo).catch(() => undefined);',
    replace:
      '      outer.adopt(inner);\n      if (!connection.spoiled) await connection.control(undo).catch(() => undefined);',
    caughtBy: [sealing],
  },
  {
    name: 'the audit verification forgets entries without a seal',
    file: 'src/audit/audit-verification.ts',
    find: 'problem: problem ?? (await strayEntry(session))',
    replace: 'problem: problem ?? ((await strayEntry(session)) && null)',
    caughtBy: [tampering],
  },
  {
    name: 'the audit verification does not mind gaps',
    file: 'src/audit/audit-verification.ts',
    find: 'if (position !== before.position + 1) return',
    replace: 'if (position < before.position) return',
    caughtBy: [tampering],
  },
  {
    name: 'the audit verification ignores noted heads at the end',
    file: 'src/audit/audit-verification.ts',
    find: 'problem: missing === undefined ? null : cutOff',
    replace: 'problem: missing === undefined ? null : cutOff && null',
    caughtBy: [tampering],
  },
  {
    name: 'the application may delete from the audit log, as far as privileges go',
    file: 'src/database/privileges.ts',
    find: 'REVOKE UPDATE, DELETE ON risk_history, risk_settings, audit_log, audit_seals',
    replace: 'REVOKE UPDATE, DELETE ON risk_history, risk_settings',
    caughtBy: ['test/integration/database-isolation'],
  },
  {
    name: 'the owner may change the audit log',
    file: 'src/database/migrations/1795219200006-audit.ts',
    find: 'BEFORE UPDATE OR TRUNCATE ON ${table}',
    replace: 'BEFORE TRUNCATE ON ${table}',
    caughtBy: [tampering],
  },
  {
    name: 'the failure to write an audit entry is swallowed',
    file: 'src/risk/risk-changes.ts',
    find: '  await recording;\n',
    replace: '',
    caughtBy: [http],
  },
  {
    name: 'refusals are not in the audit log',
    file: 'src/audit/denial.filter.ts',
    find: 'error.status === 403',
    replace: 'error.status === 418',
    caughtBy: [http],
  },
  {
    name: 'the audit budget of refusals has no end',
    file: 'src/audit/denial-budget.ts',
    find: 'if (used >= this.perMinute ||',
    replace: 'if (',
    caughtBy: ['src/audit/denial-budget'],
  },
  {
    name: 'who may read their own audit entries reads all',
    file: 'src/audit/audit.reader.ts',
    find: "return reach === 'tenant' ? undefined : reach;",
    replace: "return reach === 'tenant' || reach.length > 0 ? undefined : reach;",
    caughtBy: [http],
  },
  {
    name: 'formulas pass into the audit export',
    file: 'src/audit/csv-line.ts',
    find: '@\\t\\r\\n',
    replace: '@\\r\\n',
    caughtBy: ['src/audit/csv-line'],
  },
  {
    name: 'an audit export that was broken off keeps its place',
    file: 'src/http/bounded-downloads.ts',
    find: "stream.once('close', () => {",
    replace: "stream.once('end', () => {",
    caughtBy: [http],
  },
];
