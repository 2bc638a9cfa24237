import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { NotFound } from '../errors/http.errors';
import { AlreadyExists, BrokenReference, DatabaseUnavailable, ValueRefused, WriteConflict } from './database.errors';
import { brokenConstraint, isConnectionLoss, toDomainError } from './sql-errors';

const TOLD_BY_POSTGRES = 'duplicate key value violates "risks_external_id_key": (tenant, CVE-1)';

describe('toDomainError', () => {
  it.each([
    ['23505', AlreadyExists, 409],
    ['23P01', AlreadyExists, 409],
    ['40001', WriteConflict, 409],
    ['40P01', WriteConflict, 409],
    ['55P03', WriteConflict, 409],
    ['23503', BrokenReference, 422],
    ['23502', ValueRefused, 422],
    ['23514', ValueRefused, 422],
    ['22001', ValueRefused, 422],
    ['22003', ValueRefused, 422],
    ['22P02', ValueRefused, 422],
    ['22021', ValueRefused, 422],
    ['57014', DatabaseUnavailable, 503],
    ['53300', DatabaseUnavailable, 503],
    ['57P01', DatabaseUnavailable, 503],
    ['57P03', DatabaseUnavailable, 503],
    ['08006', DatabaseUnavailable, 503],
    ['25P03', DatabaseUnavailable, 503],
  ])('answers SQLSTATE %s as %p, from pg and from TypeORM alike', (code, type, status) => {
    const error = postgresError(code);
    for (const known of [error, new QueryFailedError('INSERT INTO risks', ['CVE-1'], error)]) {
      const answer = toDomainError(known);
      expect(answer).toBeInstanceOf(type);
      expect(answer).toMatchObject({ status, cause: known });
    }
  });

  it('tells nothing of what Postgres said', () => {
    for (const code of ['23505', '23503', '23514', '22P02', '40P01', '57014', '53300']) {
      const answer = toDomainError(new QueryFailedError('INSERT INTO risks', ['CVE-1'], postgresError(code)));
      expect(String(answer)).not.toMatch(/risks|tenant|CVE|key|INSERT|constraint|SQL/i);
    }
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])('answers %s with 503', (code) => {
    expect(toDomainError(Object.assign(new Error('network'), { code }))).toMatchObject({ status: 503 });
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('answers "%s" with 503', (message) => {
    expect(toDomainError(new Error(message))).toMatchObject({ status: 503 });
  });

  it('leaves mistakes of ours, and what a room has said already, as they are', () => {
    const roomsOwn = Object.assign(new NotFound('risk'), { cause: postgresError('23505') });
    for (const error of [postgresError('42601'), postgresError('42501'), new Error('bug'), roomsOwn, 'text']) {
      expect(toDomainError(error)).toBe(error);
    }
  });
});

describe('brokenConstraint', () => {
  it('finds the name of the rule, however deep it is wrapped', () => {
    const error = postgresError('23505');
    expect(brokenConstraint(error)).toBe('risks_external_id_key');
    expect(brokenConstraint(new QueryFailedError('', [], error))).toBe('risks_external_id_key');
    expect(brokenConstraint(toDomainError(error))).toBe('risks_external_id_key');
    expect(brokenConstraint(new Error('bug'))).toBeUndefined();
  });
});

describe('isConnectionLoss', () => {
  it('tells a broken connection from a statement that was refused', () => {
    expect(isConnectionLoss(postgresError('57P01'))).toBe(true);
    expect(isConnectionLoss(postgresError('40001'))).toBe(false);
    expect(isConnectionLoss(postgresError('57014'))).toBe(false);
  });
});

function postgresError(code: string): DatabaseError {
  const error = new DatabaseError(TOLD_BY_POSTGRES, 1, 'error');
  return Object.assign(error, { code, constraint: 'risks_external_id_key' });
}
