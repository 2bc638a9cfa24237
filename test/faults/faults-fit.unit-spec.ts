import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_FAULTS } from './all-faults';

const root = join(__dirname, '..', '..');

describe('The faults of `npm run check:faults`', () => {
  it.each(ALL_FAULTS.map((fault) => [fault.name, fault] as const))('fit the sources: %s', (_name, fault) => {
    const source = readFileSync(join(root, fault.file), 'utf8');
    expect(source.split(fault.find)).toHaveLength(2);
  });
});
