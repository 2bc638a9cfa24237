import { changeEntry, creationEntry } from './risk-audit';
import type { RiskRecord } from './risk-record';

const risk = {
  id: 'r',
  title: 'Lost laptop',
  description: 'secret text',
  impact: 3,
  score: 9,
  severity: 'MEDIUM',
  status: 'DRAFT',
  externalId: null,
  tags: ['a'],
  assets: [{ id: 'asset', name: 'Laptop', criticality: 'LOW' }],
  customFields: { note: 'secret text' },
} as unknown as RiskRecord;

describe('what the audit log says of a risk', () => {
  it('names a new one', () => {
    expect(creationEntry(risk)).toEqual({
      action: 'risk.create',
      resource: 'risk',
      resourceId: 'r',
      details: { version: 1, title: 'Lost laptop', severity: 'MEDIUM', score: 9, status: 'DRAFT', externalId: null },
    });
  });

  it('tells small values before and after, of assets their ids', () => {
    const after = { ...risk, impact: 5, tags: [], assets: [] } as unknown as RiskRecord;
    expect(changeEntry('UPDATED', 2, risk, after, ['impact', 'tags', 'assets']).details).toEqual({
      version: 2,
      title: 'Lost laptop',
      changes: [
        { field: 'impact', before: 3, after: 5 },
        { field: 'tags', before: ['a'], after: [] },
        { field: 'assets', before: ['asset'], after: [] },
      ],
    });
  });

  it('tells of free text only that it changed, and leaves out what is long', () => {
    const after = { ...risk, description: 'other', customFields: {}, tags: Array(100).fill('tag') };
    const entry = changeEntry('UPDATED', 2, risk, after, ['description', 'customFields', 'tags']);
    expect(JSON.stringify(entry.details)).toBe(
      '{"version":2,"title":"Lost laptop","changes":[{"field":"description"},{"field":"customFields"},{"field":"tags","before":["a"]}]}',
    );
  });
});
