import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(__dirname, '..', '..');

export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

/** @param name of a file in docker/ */
export function composeFile(name: string): ComposeFile {
  return parse(readFileSync(join(root, 'docker', name), 'utf8'), { merge: true }) as ComposeFile;
}

/** What compose gives a service of these files, with the folder of the secrets in the place where containers see it. */
export function environmentOf(service: ComposeService | undefined, secrets: string): Record<string, string> {
  const entries = Object.entries(service?.environment ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, value.replace('/run/secrets', secrets)]));
}
