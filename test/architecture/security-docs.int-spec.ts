import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
/** How many requirements ASVS 5.0 has, section by section of the chapters V6 to V9 and V16. */
const sections: Readonly<Record<string, number>> = {
  ...{ 'V6.1': 3, 'V6.2': 12, 'V6.3': 8, 'V6.4': 6, 'V6.5': 8, 'V6.6': 4, 'V6.7': 2, 'V6.8': 4 },
  ...{ 'V7.1': 3, 'V7.2': 4, 'V7.3': 2, 'V7.4': 5, 'V7.5': 3, 'V7.6': 2 },
  ...{ 'V8.1': 4, 'V8.2': 4, 'V8.3': 3, 'V8.4': 2, 'V9.1': 3, 'V9.2': 4 },
  ...{ 'V16.1': 1, 'V16.2': 5, 'V16.3': 4, 'V16.4': 3, 'V16.5': 4 },
};

interface Row {
  readonly requirement: string;
  readonly state: string;
  readonly by: string;
}

describe('the ASVS table of docs/security.md', () => {
  const rows = readFileSync(join(root, 'docs', 'security.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| V\d/.test(line))
    .map((line): Row => {
      const [, requirement = '', state = '', by = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      return { requirement, state, by };
    });

  it('says something about every requirement, once', () => {
    const all = Object.entries(sections).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
    );
    expect(rows.flatMap(({ requirement }) => requirementsIn(requirement))).toEqual(all);
    for (const { requirement, state, by } of rows) {
      expect([requirement, ['met', 'documented', 'n/a', 'not met'].includes(state), by !== '']).toEqual([
        requirement,
        true,
        true,
      ]);
    }
  });

  it('calls met only what a test shows that there is', () => {
    const specs = new Map(specsIn('src').concat(specsIn('test')));
    const missing = rows
      .filter(({ state }) => state === 'met')
      .filter(({ by }) => {
        const [, file = '', title = ''] = /`([\w.-]+)` "(.+)"/.exec(by) ?? [];
        return title === '' || !specs.get(`${file}.ts`)?.includes(title);
      });
    expect(missing).toEqual([]);
  });
});

/** `V6.5.1 - V6.5.3` is three. */
function requirementsIn(text: string): string[] {
  const [first = '', last = first] = text.split(' - ');
  const section = first.slice(0, first.lastIndexOf('.'));
  const [from, to] = [first, last].map((requirement) => Number(requirement.split('.').at(-1)));
  return Array.from({ length: (to ?? 0) - (from ?? 0) + 1 }, (_, index) => `${section}.${(from ?? 0) + index}`);
}

function specsIn(folder: string): [name: string, text: string][] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /spec\.ts$/.test(entry.name))
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]);
}
