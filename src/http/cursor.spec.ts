import fc from 'fast-check';
import { SecretConfig } from '../config/secret.config';
import { CursorCodec, type CursorPosition } from './cursor';

const codecOf = (secret: string): CursorCodec => new CursorCodec(Object.assign(new SecretConfig(), { secret }));
const codec = codecOf('oeD3tZqv9Jr5yWnG1xKbU7cSfLhA2mPi');

const positions: fc.Arbitrary<CursorPosition> = fc.record({
  direction: fc.constantFrom('next', 'prev'),
  values: fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    ),
  ),
});

describe('a cursor', () => {
  it('says again what was put into it', () => {
    fc.assert(
      fc.property(fc.string(), positions, (scope, position) => {
        expect(codec.decode(scope, codec.encode(scope, position))).toEqual(position);
      }),
    );
  });

  it('is refused when any letter of it is changed, added or taken away', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ';
    fc.assert(
      fc.property(
        positions,
        fc.nat(),
        fc.constantFrom(...letters),
        fc.constantFrom(0, 1),
        (position, at, letter, cut) => {
          const cursor = codec.encode('scope', position);
          const index = at % (cursor.length + 1);
          const changed = cursor.slice(0, index) + letter + cursor.slice(index + cut);
          fc.pre(changed !== cursor);
          expect(() => codec.decode('scope', changed)).toThrow(expect.objectContaining({ status: 400 }));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is good for its own scope only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), positions, (scope, other, position) => {
        fc.pre(scope !== other);
        expect(() => codec.decode(other, codec.encode(scope, position))).toThrow('does not belong to this list');
      }),
    );
  });

  it('is not made by guessing: another secret, or none, signs other cursors', () => {
    const foreign = codecOf('another secret of sufficient length').encode('scope', { direction: 'next', values: [1] });
    expect(() => codec.decode('scope', foreign)).toThrow(expect.objectContaining({ status: 400 }));
    for (const cursor of ['', 'A', 'A'.repeat(22), Buffer.from('[1,1]').toString('base64url')]) {
      expect(() => codec.decode('scope', cursor)).toThrow(expect.objectContaining({ status: 400 }));
    }
  });
});
