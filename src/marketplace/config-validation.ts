import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { FieldProblem } from '../errors/domain-error';
import type { ConfigSchema } from './connector';

/** All problems at once: a configuration is small. */
const ajv = new Ajv({ strict: true, allErrors: true, useDefaults: true });
addFormats(ajv);
ajv.addKeyword({ keyword: 'x-target', schemaType: 'boolean' });

const compiled = new WeakMap<ConfigSchema, ValidateFunction>();

/** @throws Error for what is no JSON Schema, or one that ajv has to guess about */
export function validatorOf(schema: ConfigSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const validator = ajv.compile(schema);
  compiled.set(schema, validator);
  return validator;
}

/** A configuration with the defaults of its schema filled in, or what is wrong with it; pointers into the configuration. */
export function checkConfiguration(
  schema: ConfigSchema,
  given: Readonly<Record<string, unknown>>,
): { readonly configuration: Record<string, unknown>; readonly problems: readonly FieldProblem[] } {
  const configuration = structuredClone(given);
  const validate = validatorOf(schema);
  const problems = validate(configuration) ? [] : (validate.errors ?? []).map(problemOf);
  return { configuration, problems };
}

function problemOf({ instancePath, keyword, message, params }: ErrorObject): FieldProblem {
  const { missingProperty, additionalProperty, allowedValues } = params as Readonly<Record<string, unknown>>;
  if (typeof missingProperty === 'string') {
    return { pointer: `${instancePath}/${token(missingProperty)}`, code: 'required', message: 'must be given' };
  }
  if (typeof additionalProperty === 'string') {
    const pointer = `${instancePath}/${token(additionalProperty)}`;
    return { pointer, code: 'unknown-field', message: 'is not a setting of this connector' };
  }
  const choices = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : '';
  return { pointer: instancePath, code: kebab(keyword), message: `${message ?? 'is not valid'}${choices}` };
}

function token(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function kebab(keyword: string): string {
  return keyword.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
