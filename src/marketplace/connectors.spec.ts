import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorsIn, SHIPPED } from './connectors';

const good = {
  ...{ slug: 'good', name: 'Good', version: '1.0.0', author: 'Us', description: 'Does good.', status: 'ACTIVE' },
  ...{ category: 'compliance', capabilities: ['compliance'], documentation: 'https://example.org/', license: 'MIT' },
  requiredPermissions: ['risk:create'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      url: { type: 'string', format: 'uri', 'x-target': true },
      key: { type: 'string', writeOnly: true },
    },
  },
};

describe('connectors', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'connectors-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, manifest: object): void {
    mkdirSync(join(folder, name));
    const connector = `{ manifest: ${JSON.stringify(manifest)}, test: async () => [] }`;
    writeFileSync(join(folder, name, 'index.js'), `exports.connector = ${connector};`);
  }

  it('that ship can all be used', () => {
    expect(connectorsIn(SHIPPED).length).toBeGreaterThan(0);
  });

  it('are what folders export', () => {
    write('good', good);
    expect(connectorsIn(folder).map(({ manifest }) => manifest)).toEqual([good]);
  });

  const schema = (change: object): object => ({ configSchema: { ...good.configSchema, ...change } });
  const properties = (change: object): object => schema({ properties: { ...good.configSchema.properties, ...change } });

  it.each([
    ['has the slug other: it must be', { slug: 'other' }],
    ['has a name that is empty or longer', { name: '' }],
    ['has the version 1: it must be semantic', { version: '1' }],
    ['has an unknown category magic', { category: 'magic' }],
    ['has an unknown status NEW', { status: 'NEW' }],
    ['has an unknown capability flight', { capabilities: ['flight'] }],
    ['requires a permission that there is not', { requiredPermissions: ['risk:everything'] }],
    ['has a documentation that is no URL', { documentation: 'see there' }],
    ['has an unusable configSchema: ', properties({ port: { type: 'port' } })],
    ['has an unusable configSchema: strict mode', properties({ port: { type: 'string', secret: true } })],
    ['must have additionalProperties: false', schema({ additionalProperties: true })],
    ['has a secret that is no text', properties({ pin: { type: 'integer', writeOnly: true } })],
    ['has a secret with a default', properties({ pin: { type: 'string', writeOnly: true, default: '0000' } })],
    ['has more than one x-target', properties({ other: { type: 'string', format: 'uri', 'x-target': true } })],
    ['has an x-target that is no uri', properties({ url: { type: 'string', 'x-target': true } })],
  ])('stop the boot: one %s', (problem, change) => {
    write('good', { ...good, ...change });
    expect(() => connectorsIn(folder)).toThrow(`good ${problem}`);
  });

  it('stop the boot: one that brings records and that a tenant could have several of', () => {
    write('good', { ...good, multiple: true });
    expect(connectorsIn(folder)).toHaveLength(1);
    const manifest = JSON.stringify({ ...good, slug: 'bringer', multiple: true });
    mkdirSync(join(folder, 'bringer'));
    const connector = `{ manifest: ${manifest}, test: async () => [], async *sync() {} }`;
    writeFileSync(join(folder, 'bringer', 'index.js'), `exports.connector = ${connector};`);
    expect(() => connectorsIn(folder)).toThrow('bringer brings records: it cannot be multiple');
  });

  it('stop the boot when a folder exports none, or two have one name', () => {
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'empty', 'index.js'), '');
    write('good', good);
    expect(() => connectorsIn(folder, folder)).toThrow(/empty exports no `connector`[^]*good is there twice/);
  });
});
