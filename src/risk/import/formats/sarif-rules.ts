import { isObject, type JsonObject } from '../json-document';

/** A rule of a scanner, as far as findings need it. */
export interface SarifRule {
  readonly id?: string;
  readonly title?: string;
  readonly help?: string;
  readonly level?: unknown;
  /** 0 to 10, as a text: what GitHub and others add for security. */
  readonly securitySeverity?: unknown;
  readonly cwes: readonly string[];
  readonly messages: JsonObject;
}

/** Rules of a run: results name them by id, by index, or by both. */
export class SarifRules {
  private readonly byIndex: readonly SarifRule[];
  private readonly byId = new Map<string, SarifRule>();

  constructor(tool: unknown) {
    const driver = isObject(tool) ? tool['driver'] : undefined;
    const extensions = isObject(tool) && Array.isArray(tool['extensions']) ? tool['extensions'] : [];
    this.byIndex = rulesOf(driver);
    for (const rule of [...extensions.flatMap(rulesOf), ...this.byIndex]) {
      if (rule.id !== undefined) this.byId.set(rule.id, rule);
    }
  }

  ruleOf(result: JsonObject): SarifRule {
    const named = isObject(result['rule']) ? result['rule'] : {};
    const id = result['ruleId'] ?? named['id'];
    const index = result['ruleIndex'] ?? (named['toolComponent'] === undefined ? named['index'] : undefined);
    // `CA2000/1` is a part of CA2000.
    const found = typeof id === 'string' ? (this.byId.get(id) ?? this.byId.get(id.replace(/\/[^/]*$/, ''))) : undefined;
    const rule = found ?? (typeof index === 'number' ? this.byIndex[index] : undefined);
    return { cwes: [], messages: {}, ...rule, ...(typeof id === 'string' ? { id } : {}) };
  }
}

export function textOf(message: unknown): string | undefined {
  const text = isObject(message) ? message['text'] : undefined;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

function rulesOf(component: unknown): SarifRule[] {
  const rules = isObject(component) ? component['rules'] : undefined;
  return Array.isArray(rules)
    ? rules.map((rule) => (isObject(rule) ? ruleFrom(rule) : { cwes: [], messages: {} }))
    : [];
}

function ruleFrom(rule: JsonObject): SarifRule {
  const properties = isObject(rule['properties']) ? rule['properties'] : {};
  const configuration = isObject(rule['defaultConfiguration']) ? rule['defaultConfiguration'] : {};
  const id = typeof rule['id'] === 'string' ? rule['id'] : undefined;
  const name = typeof rule['name'] === 'string' && rule['name'] !== '' ? rule['name'] : undefined;
  const title = textOf(rule['shortDescription']) ?? name;
  const help = textOf(rule['fullDescription']) ?? textOf(rule['help']);
  return {
    ...(id === undefined ? {} : { id }),
    ...(title === undefined ? {} : { title }),
    ...(help === undefined ? {} : { help }),
    level: configuration['level'],
    securitySeverity: properties['security-severity'],
    cwes: cwesOf(properties['tags']),
    messages: isObject(rule['messageStrings']) ? rule['messageStrings'] : {},
  };
}

/** `external/cwe/cwe-079`, `CWE-79: Cross-site scripting`. */
function cwesOf(tags: unknown): string[] {
  if (!Array.isArray(tags)) return [];
  const found = tags.map((tag) => (typeof tag === 'string' ? /\bcwe-0*([1-9]\d{0,6})\b/i.exec(tag)?.[1] : undefined));
  return [...new Set(found.filter((cwe) => cwe !== undefined))];
}
