import { configClasses, fieldsOf, type ConfigClass, type EnvField, type EnvRule } from './env.decorator';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A config class may add rules that span its fields. */
interface CrossChecked {
  /** @returns one sentence per problem; empty when the settings fit together. */
  problems(): string[];
}

/** The boot stops with this; the message lists every problem of every config class at once. */
export class InvalidConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n'),
    );
    this.name = 'InvalidConfiguration';
  }
}

/** @throws InvalidConfiguration naming every bad variable of this class. */
export function readConfig<T extends object>(type: ConfigClass<T>, env: Environment): T {
  const { config, problems } = parse(type, env);
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return config;
}

/** @throws InvalidConfiguration naming every bad variable of all config classes. */
export function checkEnvironment(env: Environment): void {
  const problems = configClasses().flatMap((type) => parse(type, env).problems);
  if (problems.length > 0) throw new InvalidConfiguration(problems);
}

function parse<T extends object>(type: ConfigClass<T>, env: Environment): { config: T; problems: string[] } {
  const config = new type();
  const problems: string[] = [];
  for (const field of fieldsOf(type)) {
    const raw = env[field.name]?.trim();
    if (raw === undefined || raw === '') continue;
    const parsed = parseValue(field.rule, raw);
    if ('problem' in parsed) problems.push(describeProblem(field, raw, parsed.problem));
    else Object.assign(config, { [field.property]: parsed.value });
  }
  if (problems.length === 0 && isCrossChecked(config)) problems.push(...config.problems());
  return { config, problems };
}

function isCrossChecked(config: object): config is CrossChecked {
  return 'problems' in config && typeof config.problems === 'function';
}

function describeProblem(field: EnvField, raw: string, problem: string): string {
  const secret = field.rule.kind === 'text' && field.rule.secret === true;
  return secret ? `${field.name} ${problem}` : `${field.name}=${JSON.stringify(raw)} ${problem}`;
}

type Parsed = { value: string | number | boolean } | { problem: string };

function parseValue(rule: EnvRule, raw: string): Parsed {
  switch (rule.kind) {
    case 'integer':
    case 'number': {
      const shape = rule.kind === 'integer' ? /^-?\d{1,15}$/ : /^-?\d{1,15}(\.\d{1,15})?$/;
      const value = Number(raw);
      if (!shape.test(raw) || value < rule.min || value > rule.max) {
        const noun = rule.kind === 'integer' ? 'a whole number' : 'a number';
        return { problem: `must be ${noun} from ${rule.min} to ${rule.max}${rule.unit ? ` (${rule.unit})` : ''}` };
      }
      return { value };
    }
    case 'flag':
      if (raw === 'true' || raw === '1') return { value: true };
      if (raw === 'false' || raw === '0') return { value: false };
      return { problem: 'must be true or false' };
    case 'choice':
      return rule.choices.includes(raw) ? { value: raw } : { problem: `must be one of ${rule.choices.join(', ')}` };
    case 'text':
      if (rule.minLength !== undefined && raw.length < rule.minLength) {
        return { problem: `must be at least ${rule.minLength} characters long` };
      }
      if (rule.pattern && !rule.pattern.test(raw)) return { problem: `must be ${rule.unit ?? String(rule.pattern)}` };
      return { value: raw };
  }
}
