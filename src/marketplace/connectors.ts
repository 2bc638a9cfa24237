import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Connector } from './connector';
import { manifestProblems } from './manifest-problems';

const load = createRequire(__filename);

/** Those that ship. */
export const SHIPPED = join(__dirname, 'connectors');

/** The boot stops with this; the message lists everything that is wrong with the connectors at once. */
export class UnusableConnectors extends Error {
  constructor(problems: readonly string[]) {
    super(`Some connectors cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'UnusableConnectors';
  }
}

/**
 * Every folder in one of these folders is a connector: adding one touches nothing else.
 *
 * @throws UnusableConnectors
 */
export function connectorsIn(...folders: readonly string[]): Connector[] {
  const found = folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ name, module: load(join(folder, name)) as { connector?: Connector } })),
  );
  const seen = new Set<string>();
  const problems: string[] = [];
  const connectors = found.flatMap(({ name, module: { connector } }) => {
    if (connector) problems.push(...manifestProblems(connector, name).map((problem) => `${name} ${problem}`));
    else problems.push(`${name} exports no \`connector\``);
    if (seen.has(name)) problems.push(`${name} is there twice`);
    seen.add(name);
    return connector ?? [];
  });
  if (problems.length > 0) throw new UnusableConnectors(problems);
  return connectors;
}
