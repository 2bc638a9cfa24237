import { requestIdOf, traceparentOf } from './request-id';

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('the request id', () => {
  it.each(['a', 'A-1_b.c:d', 'x'.repeat(128)])('is the one that was offered: %s', (id) => {
    expect(requestIdOf({ headers: { 'x-request-id': id } })).toBe(id);
  });

  it.each([undefined, '', ' ', 'a b', 'a\n', 'a\r\nset-cookie: b', '"', '<', '{}', 'ä', 'x'.repeat(129), ['a', 'b']])(
    'is one of ours instead of %j',
    (id) => {
      expect(requestIdOf({ headers: { 'x-request-id': id } })).toMatch(uuid);
    },
  );

  it('is never given twice', () => {
    expect(new Set(Array.from({ length: 100 }, () => requestIdOf({ headers: {} }))).size).toBe(100);
  });
});

describe('traceparent', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';

  it('is passed on as it came', () => {
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    expect(traceparentOf({ headers: { traceparent } })).toBe(traceparent);
  });

  it.each([
    `ff-${traceId}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${traceId}-b7ad6b7169203331-01-x`,
    '',
  ])('is not passed on when it is %s', (traceparent) => {
    expect(traceparentOf({ headers: { traceparent } })).toBeUndefined();
  });
});
