import { redacted } from './redaction';

describe('what the other side has said', () => {
  it.each([
    ['as it is', 'no tok/en"4711 here'],
    ['in a URL', 'no tok%2Fen%224711 here'],
    ['in JSON', 'no tok/en\\"4711 here'],
    ['in base64', `no ${Buffer.from('tok/en"4711').toString('base64')} here`.replaceAll('=', '')],
    ['in base64url', `no ${Buffer.from('tok/en"4711').toString('base64url')} here`],
  ])('is without secrets, spelled %s', (_how, text) => {
    expect(redacted(text, ['tok/en"4711'])).toBe('no [secret] here');
  });

  it('leaves nothing over of a secret that holds another', () => {
    expect(redacted('key-and-more, key', ['key', 'key-and-more'])).toBe('[secret], [secret]');
  });

  it('stays as it is without any, or for one that is empty', () => {
    expect(redacted('all is well', ['', 'other'])).toBe('all is well');
  });

  it('is short, can be stored, and is not cut in the middle of a secret', () => {
    const text = redacted(`${'x'.repeat(990)}\0 the-secret ${'y'.repeat(5000)}`, ['the-secret']);
    expect(text).toBe(`${'x'.repeat(990)} [secret] `.slice(0, 1000));
    expect(redacted(`${'x'.repeat(999)}😀`, []).isWellFormed()).toBe(true);
  });
});
