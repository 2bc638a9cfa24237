import type { ConfigSchema } from '../connector';
import { changeConfiguration, lacksSecret, type StoredConfiguration } from './configuration-change';

const schema: ConfigSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['url', 'token'],
  properties: {
    url: { type: 'string', format: 'uri', 'x-target': true },
    token: { type: 'string', writeOnly: true },
    pin: { type: 'string', writeOnly: true },
    size: { type: 'integer', default: 3 },
  },
};
const url = 'https://a.example/';
const stored: StoredConfiguration = { configuration: { url, size: 3 }, secrets: ['pin', 'token'] };
const codes = (given: object, before?: StoredConfiguration): string[] =>
  changeConfiguration(schema, given as Record<string, unknown>, before).problems.map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );

describe('a configuration', () => {
  it('that is new needs what is required, and takes secrets apart from the rest', () => {
    expect(codes({})).toEqual(['/url required', '/token required']);
    expect(changeConfiguration(schema, { url, token: 't' })).toEqual({
      ...{ configuration: { url, size: 3 }, newSecrets: new Map([['token', 't']]) },
      ...{ droppedSecrets: [], isIncomplete: false, problems: [] },
    });
  });

  it.each([
    ['left out', {}],
    ['as it is shown', { token: { set: true }, pin: { set: true } }],
  ])('keeps a stored secret that is %s', (_how, secrets) => {
    expect(changeConfiguration(schema, { url, ...secrets }, stored)).toMatchObject({
      ...{ newSecrets: new Map(), droppedSecrets: [], isIncomplete: false, problems: [] },
    });
  });

  it.each([null, { set: false }])('removes a secret for %j, unless it is required', (value) => {
    expect(changeConfiguration(schema, { url, pin: value }, stored)).toMatchObject({
      ...{ droppedSecrets: ['pin'], problems: [] },
    });
    expect(codes({ url, token: value }, stored)).toEqual(['/token required']);
  });

  it.each([7, ['t'], {}, { set: true, more: 1 }])('takes %j for no secret', (value) => {
    expect(codes({ url, token: value }, stored)).toEqual(['/token type']);
  });

  it('drops all stored secrets when the address changes, but takes new ones for it', () => {
    const moved = 'https://b.example/';
    const dropped = changeConfiguration(schema, { url: moved, token: { set: true } }, stored);
    expect(dropped).toMatchObject({ droppedSecrets: ['pin', 'token'], isIncomplete: true, problems: [] });
    expect(changeConfiguration(schema, { url: moved, token: 'new' }, stored)).toMatchObject({
      ...{ droppedSecrets: ['pin'], newSecrets: new Map([['token', 'new']]), isIncomplete: false },
    });
  });

  it.each([
    ['HTTPS://A.EXAMPLE', true],
    ['https://a.example:443/', true],
    ['https://a.example/x', false],
    ['http://a.example/', false],
    ['https://a.example:8443/', false],
    ['https://a.example./', false],
  ])('keeps its secrets for %s: %s', (address, isSame) => {
    const { droppedSecrets } = changeConfiguration(schema, { url: address }, stored);
    expect(droppedSecrets.length === 0).toBe(isSame);
  });

  it('keeps what an earlier version of the connector took as a secret hidden', () => {
    const older = { configuration: { url }, secrets: ['password', 'token'] };
    const changed = changeConfiguration(schema, { url, password: { set: true } }, older);
    expect([changed.problems, changed.droppedSecrets]).toEqual([[], []]);
    expect(codes({ url, password: 'p' }, older)).toEqual(['/password unknown-field']);
  });

  it('lacks a secret that is required and not stored', () => {
    expect([lacksSecret(schema, ['pin']), lacksSecret(schema, ['token'])]).toEqual([true, false]);
  });
});
