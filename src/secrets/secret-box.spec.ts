import { randomBytes } from 'node:crypto';
import { SecretConfig } from '../config/secret.config';
import { readConfig } from '../config/read-config';
import { KeyRing } from './key-ring';
import { KeyRingConfig } from './key-ring.config';
import { SecretBox, type SecretPlace } from './secret-box';
import { sealedColumn, sealedColumns } from './sealed-column';
import { UnopenedSecret } from './secrets.errors';

const place: SecretPlace = { tenantId: 'tenant-1', column: 'apps.secret', rowId: 'row-1' };

const newSecret = (): string => randomBytes(36).toString('base64');

function boxOf(secret: string, ...previous: readonly string[]): SecretBox {
  const config = readConfig(KeyRingConfig, { OPENRISK_PREVIOUS_SECRETS: previous.join(', ') });
  return new SecretBox(new KeyRing(readConfig(SecretConfig, { OPENRISK_SECRET: secret }), config));
}

describe('a sealed secret', () => {
  const box = boxOf(newSecret());

  it.each(['', 'hunter2', 'ünï😀\u0000', 'x'.repeat(100_000)])('opens where it was sealed for', (text) => {
    const sealed = box.seal(text, place);
    expect(box.open(sealed, place)).toBe(text);
    expect(box.isOld(sealed)).toBe(false);
  });

  it('tells nothing, not even that two are the same', () => {
    const sealed = box.seal('hunter2', place);
    expect(sealed).not.toContain('hunter2');
    expect(sealed).not.toContain(Buffer.from('hunter2').toString('base64url').slice(0, 8));
    expect(sealed.split('.').slice(3)).not.toEqual(box.seal('hunter2', place).split('.').slice(3));
  });

  it.each<[string, SecretPlace]>([
    ['row', { ...place, rowId: 'row-2' }],
    ['column', { ...place, column: 'apps.name' }],
    ['tenant', { ...place, tenantId: 'tenant-2' }],
    ['place that is spelled the same when its parts are joined', { ...place, tenantId: 'tenant-1","apps' }],
  ])('copied to another %s does not open', (_what, other) => {
    expect(() => box.open(box.seal('hunter2', place), other)).toThrow(UnopenedSecret);
  });

  it('does not open when any one character of it is another', () => {
    // Of a length whose base64 has no bits to spare.
    const sealed = box.seal('hunter22', place);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      expect(() => box.open(changed, place)).toThrow(UnopenedSecret);
    }
  });

  it('does not open with the key of another one, cut off, or when it never was sealed', () => {
    const [first, second] = [box.seal('one', place).split('.'), box.seal('two', place).split('.')];
    const [version, major, keyId, wrapped = '', text = ''] = first;
    const mixed = [version, major, keyId, wrapped, second[4]].join('.');
    const short = [version, major, keyId, wrapped, text.slice(0, 12)].join('.');
    for (const sealed of [mixed, short, 'hunter2', '', 'sealed.v1...', `sealed.v2.${keyId ?? ''}.${wrapped}.${text}`]) {
      expect(() => box.open(sealed, place)).toThrow(UnopenedSecret);
    }
  });
});

describe('a change of keys', () => {
  const [former, next] = [newSecret(), newSecret()];
  const sealed = boxOf(former).seal('hunter2', place);

  it('leaves what the former key sealed readable, and says that it is old', () => {
    const box = boxOf(next, newSecret(), former);
    expect(box.open(sealed, place)).toBe('hunter2');
    expect(box.isOld(sealed)).toBe(true);
    const anew = box.seal(box.open(sealed, place), place);
    expect(box.isOld(anew)).toBe(false);
    expect(boxOf(next).open(anew, place)).toBe('hunter2');
  });

  it('locks it when the former key is not named', () => {
    expect(() => boxOf(next).open(sealed, place)).toThrow(UnopenedSecret);
    expect(boxOf(next).isOld(sealed)).toBe(true);
  });

  it('refuses to start with former secrets that never were any, and does not print them', () => {
    const wrong = (): SecretBox => boxOf(next, 'too-short-hunter2');
    expect(wrong).toThrow('OPENRISK_PREVIOUS_SECRETS must name');
    expect(wrong).not.toThrow('hunter2');
  });
});

describe('a sealed column', () => {
  it('is known by its name, and tells the places in it', () => {
    const column = sealedColumn('samples', 'sealed');
    expect(sealedColumns()).toContain(column);
    expect(column.place('t', 'r')).toEqual({ tenantId: 't', column: 'samples.sealed', rowId: 'r' });
    expect(() => sealedColumn('samples; DROP TABLE x', 'sealed')).toThrow('is no column');
  });
});
