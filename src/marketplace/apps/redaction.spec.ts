import { redacted, secretFinder } from './redaction';

describe('what the other side has said', () => {
  it.each([
    ['as it is', 'no tok/en"4711 here'],
    ['in a URL', 'no tok%2Fen%224711 here'],
    ['in JSON', 'no tok/en\\"4711 here'],
    ['in base64', `no ${Buffer.from('tok/en"4711').toString('base64')} here`.replaceAll('=', '')],
    ['in a URL, in small letters', 'no tok%2fen%224711 here'],
    ['in JSON of PHP', 'no tok\\/en\\"4711 here'],
    ['in hexadecimal digits', `no ${Buffer.from('tok/en"4711').toString('hex')} here`],
    ['in base64url', `no ${Buffer.from('tok/en"4711').toString('base64url')} here`],
  ])('is without secrets, spelled %s', (_how, text) => {
    expect(redacted(text, ['tok/en"4711'])).toBe('no [secret] here');
  });

  it.each(['', 'x', 'xy', 'Token '])('keeps nothing that is worth knowing of base64 of it behind "%s"', (before) => {
    const secret = 'a-long-secret-of-23-byt';
    const text = redacted(Buffer.from(`${before}${secret} and more`).toString('base64'), [secret]);
    const left = text.split('[secret]').map((part) => Buffer.from(part, 'base64').toString('latin1'));
    expect(left).toHaveLength(2);
    expect(left.some((part) => part.includes('secret') || part.includes('long'))).toBe(false);
  });

  it('is without the word that comes behind another one, but with short words', () => {
    expect(redacted('Of Bearer: abcdefgh-1 and abc', ['Bearer abcdefgh-1'])).toBe('Of Bearer: [secret] and abc');
  });

  it('leaves nothing over of a secret that holds another', () => {
    expect(redacted('key-and-more, key', ['key', 'key-and-more'])).toBe('[secret], [secret]');
  });

  it('stays as it is without any, or for one that is empty', () => {
    expect(redacted('all is well', ['', 'other'])).toBe('all is well');
  });

  it('is searched for secrets that nothing else is mistaken for', () => {
    const holdsSecret = secretFinder(['1234', 'whsec_abcdef+/12']);
    expect(holdsSecret('CVE-2024-1234')).toBe(false);
    expect(holdsSecret('{"title":"whsec_abcdef+\\/12"}')).toBe(true);
    expect(secretFinder([])('anything')).toBe(false);
  });

  it('is short, can be stored, and is not cut in the middle of a secret', () => {
    const text = redacted(`${'x'.repeat(990)}\0 the-secret ${'y'.repeat(5000)}`, ['the-secret']);
    expect(text).toBe(`${'x'.repeat(990)} [secret] `.slice(0, 1000));
    expect(redacted(`${'x'.repeat(999)}😀`, []).isWellFormed()).toBe(true);
  });
});
