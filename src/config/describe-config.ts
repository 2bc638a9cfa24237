import { configClasses, fieldsOf, type EnvField } from './env.decorator';

export interface DescribedSetting {
  readonly name: string;
  readonly about: string;
  /** Type, range, unit or choices in words. */
  readonly form: string;
  /** Undefined when there is none, or when it is a secret. */
  readonly defaultValue: string | undefined;
}

/** Every setting of every config class that is loaded, in the order of the classes. */
export function describeSettings(): DescribedSetting[] {
  return configClasses().flatMap((type) => {
    const defaults = new type() as Record<string, string | number | boolean | undefined>;
    return fieldsOf(type).map((field) => ({
      name: field.name,
      about: field.rule.about,
      form: formOf(field),
      defaultValue: defaultOf(field, defaults[field.property]),
    }));
  });
}

function formOf({ rule }: EnvField): string {
  switch (rule.kind) {
    case 'integer':
    case 'number':
      return `${rule.min} to ${rule.max}${rule.unit ? ` ${rule.unit}` : ''}`;
    case 'flag':
      return 'true or false';
    case 'choice':
      return rule.choices.join(', ');
    case 'text':
      return rule.unit ?? 'text';
  }
}

function defaultOf({ rule }: EnvField, value: string | number | boolean | undefined): string | undefined {
  if (value === undefined || (rule.kind === 'text' && rule.secret)) return undefined;
  return String(value);
}
