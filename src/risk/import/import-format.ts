import type { ImportDocument, ImportFormat, ImportFormatId } from './formats/file-format';
import { dependencyTrackFormat } from './formats/dependency-track.format';
import { findingsCsvFormat } from './formats/findings-csv.format';
import { findingsJsonFormat } from './formats/findings-json.format';
import { kevFormat } from './formats/kev.format';
import { oscalPoamFormat } from './formats/oscal-poam.format';
import { registerCsvFormat } from './formats/register-csv.format';
import { registerJsonFormat } from './formats/register-json.format';
import { sarifFormat } from './formats/sarif.format';
import { scenariosCsvFormat } from './formats/scenarios-csv.format';
import { cut } from './fit-text';
import { UnreadableImport } from './unreadable-import';
import { unsupportedJson } from './unsupported-format';

/** Every format that can be imported; a new one is a file in formats/ and a line here. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [
  kevFormat,
  sarifFormat,
  dependencyTrackFormat,
  findingsJsonFormat,
  findingsCsvFormat,
  scenariosCsvFormat,
  oscalPoamFormat,
  registerCsvFormat,
  registerJsonFormat,
];

/** @throws UnreadableImport when there is no such format, or the document is not of it */
export function formatNamed(id: ImportFormatId, document: ImportDocument): ImportFormat {
  const format = IMPORT_FORMATS.find((each) => each.id === id);
  if (!format) throw new UnreadableImport(`There is no import format ${quoted(id)}. ${supportedFormats()}`);
  refuseUnsupported(document);
  if (!format.recognises(document)) {
    throw new UnreadableImport(`The file is not ${format.title}: it needs ${format.needs}. ${seen(document)}`);
  }
  return format;
}

/** @throws UnreadableImport that names what the file looks like and what is supported */
export function formatOf(document: ImportDocument): ImportFormat {
  refuseUnsupported(document);
  const format = IMPORT_FORMATS.find((each) => each.recognises(document));
  if (!format) throw new UnreadableImport(`The file is of no known format. ${seen(document)} ${supportedFormats()}`);
  return format;
}

export function supportedFormats(): string {
  return `Supported are: ${IMPORT_FORMATS.map(({ id, title }) => `${id} - ${title}`).join('; ')}.`;
}

function refuseUnsupported(document: ImportDocument): void {
  const name = document.kind === 'json' ? unsupportedJson(document.root) : undefined;
  if (name) throw new UnreadableImport(`The file is ${name}, which cannot be imported. ${supportedFormats()}`);
}

function seen(document: ImportDocument): string {
  if (document.kind === 'csv') return `Its columns are ${someOf(document.columns)}.`;
  const { root } = document;
  if (Array.isArray(root)) return 'It is a JSON list.';
  return typeof root === 'object' && root !== null
    ? `It is a JSON object with the keys ${someOf(Object.keys(root))}.`
    : 'It is a single JSON value.';
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => quoted(name));
  return names.length === 0 ? '(none)' : `${shown.join(', ')}${names.length > shown.length ? ' ...' : ''}`;
}

function quoted(name: string): string {
  return JSON.stringify(cut(name.toWellFormed(), 60));
}
