import 'reflect-metadata';

/** What every setting says about itself; `--help` and docs/configuration.md are printed from it. */
interface Described {
  /** One sentence: what the setting does. */
  readonly about: string;
  /** Unit or form, when the name does not say it (`ms`, `bytes`, `URL`). */
  readonly unit?: string;
}

export type EnvRule =
  | (Described & { readonly kind: 'integer'; readonly min: number; readonly max: number })
  | (Described & { readonly kind: 'number'; readonly min: number; readonly max: number })
  | (Described & { readonly kind: 'flag' })
  | (Described & { readonly kind: 'choice'; readonly choices: readonly string[] })
  | (Described & {
      readonly kind: 'text';
      readonly minLength?: number;
      readonly pattern?: RegExp;
      /** Never printed: not in errors, not as a default in the documentation. */
      readonly secret?: boolean;
    });

export interface EnvField {
  readonly property: string;
  readonly name: string;
  readonly rule: EnvRule;
}

export type ConfigClass<T extends object = object> = new () => T;

const fieldsByClass = new Map<ConfigClass, EnvField[]>();

/**
 * Binds a field of a config class to one environment variable. The field's initial value is the default; a text field
 * without one is optional. Every class that uses this decorator is checked at boot.
 */
export function Env(name: string, rule: EnvRule): PropertyDecorator {
  return (prototype, property) => {
    const owner = prototype.constructor as ConfigClass;
    const fields = fieldsByClass.get(owner) ?? [];
    fields.push({ property: String(property), name, rule });
    fieldsByClass.set(owner, fields);
  };
}

export function configClasses(): ConfigClass[] {
  return [...fieldsByClass.keys()];
}

export function fieldsOf(type: ConfigClass): readonly EnvField[] {
  return fieldsByClass.get(type) ?? [];
}
