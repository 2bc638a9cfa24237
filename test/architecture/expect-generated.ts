import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const docs = join(__dirname, '..', '..', 'docs');

/** Compares a file in docs/ with what it is generated from; `npm run docs` writes it instead. */
export async function expectGenerated(name: string, text: string): Promise<void> {
  const path = join(docs, name);
  // In a process of its own: prettier loads its parsers in a way that jest's module system does not know.
  const prettier = join(docs, '..', 'node_modules', 'prettier', 'bin', 'prettier.cjs');
  const formatted = execFileSync(process.execPath, [prettier, '--stdin-filepath', path], {
    input: text,
    maxBuffer: 64 * 1024 * 1024,
  }).toString();
  if (process.env['UPDATE_DOCS']) await writeFile(path, formatted);
  expect(await readFile(path, 'utf8')).toBe(formatted);
}
