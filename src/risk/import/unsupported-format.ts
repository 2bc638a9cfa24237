import { isObject, type JsonObject } from './json-document';

/** Files that people have and that are not read yet; they deserve their name instead of a riddle. */
const binaries: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['an old Excel workbook (XLS)', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['a gzip archive', [0x1f, 0x8b]],
];

const oscalRoots = [
  ...['assessment-results', 'assessment-plan', 'system-security-plan'],
  ...['component-definition', 'catalog', 'profile'],
];

const documents: readonly (readonly [name: string, matches: (root: JsonObject) => boolean])[] = [
  ['an OSCAL document', (root) => oscalRoots.some((name) => hasMetadata(root[name]))],
  ['a CycloneDX document', (root) => root['bomFormat'] === 'CycloneDX'],
];

export function unsupportedBinary(bytes: Buffer): string | undefined {
  return binaries.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0];
}

export function unsupportedText(text: string): string | undefined {
  return /^\s*<[?!a-z]/i.test(text.slice(0, 1000)) ? 'an XML or HTML document' : undefined;
}

export function unsupportedJson(root: unknown): string | undefined {
  return isObject(root) ? documents.find(([, matches]) => matches(root))?.[0] : undefined;
}

function hasMetadata(value: unknown): boolean {
  return isObject(value) && 'metadata' in value;
}
