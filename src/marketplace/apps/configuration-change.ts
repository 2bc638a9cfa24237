import type { FieldProblem } from '../../errors/domain-error';
import { secretsOf, targetsOf } from '../config-fields';
import { checkConfiguration } from '../config-validation';
import type { ConfigSchema } from '../connector';
import type { AppConfiguration } from './app.dto';

/** What an app has already; nothing for a new one. */
export interface StoredConfiguration {
  /** Without secrets. */
  readonly configuration: AppConfiguration;
  readonly secrets: readonly string[];
}

export interface ChangedConfiguration {
  /** Without secrets; defaults of the schema filled in. */
  readonly configuration: AppConfiguration;
  readonly newSecrets: ReadonlyMap<string, string>;
  /** Those that are stored and will not be any more. */
  readonly droppedSecrets: readonly string[];
  /** Whether a secret is dropped that the app cannot be without. */
  readonly isIncomplete: boolean;
  readonly problems: readonly FieldProblem[];
}

/**
 * What becomes of a configuration. A stored secret stays as long as the URL does that it is sent to; else whoever may
 * change the URL could have it sent to themselves.
 *
 * @param given in it a secret is a text; what is shown of a stored one, or nothing, to keep it; null to remove it
 */
export function changeConfiguration(
  schema: ConfigSchema,
  given: AppConfiguration,
  stored: StoredConfiguration = { configuration: {}, secrets: [] },
): ChangedConfiguration {
  // Also those of an earlier version of the connector.
  const secretNames = [...secretsOf(schema), ...stored.secrets];
  const entries = Object.entries(given).filter(
    ([name, value]) => !(secretNames.includes(name) && isPlaceholder(value)),
  );
  const checked = checkConfiguration(schema, Object.fromEntries(entries));
  const isMoved = targetsOf(schema).some(
    (name) =>
      stored.secrets.length > 0 && addressOf(checked.configuration[name]) !== addressOf(stored.configuration[name]),
  );
  const isNew = (name: string): boolean => typeof checked.configuration[name] === 'string';
  const untouched = stored.secrets.filter((name) => !isNew(name) && given[name] !== null && !isCleared(given[name]));
  const kept = isMoved ? [] : untouched;
  const problems = [
    ...checked.problems.filter(({ pointer, code }) => code !== 'required' || !untouched.includes(pointer.slice(1))),
    ...targetsOf(schema).flatMap((name) => addressProblems(name, checked.configuration[name])),
  ];
  const isSecret = ([name]: [string, unknown]): boolean => secretNames.includes(name);
  const all = Object.entries(checked.configuration);
  return {
    configuration: Object.fromEntries(all.filter((entry) => !isSecret(entry))),
    newSecrets: new Map(all.filter(isSecret).map(([name, value]) => [name, String(value)])),
    droppedSecrets: stored.secrets.filter((name) => !isNew(name) && !kept.includes(name)),
    isIncomplete: isMoved && untouched.some((name) => schema.required?.includes(name) === true),
    problems,
  };
}

/** Whether a secret is missing without which the app cannot work. */
export function lacksSecret(schema: ConfigSchema, secrets: readonly string[]): boolean {
  return secretsOf(schema).some((name) => schema.required?.includes(name) === true && !secrets.includes(name));
}

/** `{"set": true}` is what is shown of a secret that is stored. */
function isPlaceholder(value: unknown): boolean {
  return value === null || (typeof value === 'object' && 'set' in value && Object.keys(value).length === 1);
}

function isCleared(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'set' in value && value.set !== true;
}

/** Two spellings of one address are one. */
function addressOf(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  return URL.canParse(text) ? new URL(text).href : text;
}

function addressProblems(name: string, value: unknown): FieldProblem[] {
  if (typeof value !== 'string' || !URL.canParse(value)) return [];
  const { protocol, username, password } = new URL(value);
  const pointer = `/${name}`;
  if (protocol !== 'https:' && protocol !== 'http:') {
    return [{ pointer, code: 'protocol', message: 'must be an https or http address' }];
  }
  // It is shown to everybody who reads apps.
  const hasCredentials = username !== '' || password !== '';
  return hasCredentials ? [{ pointer, code: 'credentials', message: 'must not hold a name or a password' }] : [];
}
