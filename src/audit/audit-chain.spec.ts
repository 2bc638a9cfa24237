import { createHash } from 'node:crypto';
import { CHAIN_START, sealHash } from './audit-chain';

const at = '2026-06-30T12:00:00.000Z';

describe('the hash of a sealed entry', () => {
  it('is what the documentation says, byte by byte', () => {
    const text = 'openrisk-audit-1\n1:1\n24:2026-06-30T12:00:00.000Z\n3:a\nb\n-\n0:\n2:é\n';
    const expected = createHash('sha256').update(Buffer.alloc(32)).update(Buffer.from(text, 'utf8')).digest('hex');
    expect(sealHash(CHAIN_START.hash, 1, at, ['a\nb', null, '', 'é'])).toBe(expected);
  });

  it.each<[string, Parameters<typeof sealHash>]>([
    ['the hash before', ['1'.repeat(64), 1, at, ['a', 'b']]],
    ['the position', [CHAIN_START.hash, 2, at, ['a', 'b']]],
    ['the instant of sealing', [CHAIN_START.hash, 1, '2026-06-30T12:00:00.001Z', ['a', 'b']]],
    ['the order of fields', [CHAIN_START.hash, 1, at, ['b', 'a']]],
    ['where a field ends', [CHAIN_START.hash, 1, at, ['ab', '']]],
    ['a line that a field pretends', [CHAIN_START.hash, 1, at, ['a\n1:b', '']]],
    ['nothing instead of an empty text', [CHAIN_START.hash, 1, at, ['a', null]]],
  ])('is another one for another value of %s', (_what, parameters) => {
    expect(sealHash(...parameters)).not.toBe(sealHash(CHAIN_START.hash, 1, at, ['a', 'b']));
    expect(sealHash(...parameters)).not.toBe(sealHash(CHAIN_START.hash, 1, at, ['a', '']));
  });
});
