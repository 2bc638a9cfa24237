import { RISK_LIMITS } from '../risk-terms';

/** At most `max` UTF-16 units, an ellipsis where something was cut, never half a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text.slice(0, max - 1);
  return `${head.isWellFormed() ? head : head.slice(0, -1)}…`;
}

export type Section = readonly [heading: string, text: string | undefined];

/** Title and description within the register's limits; a title that had to be cut opens the description in full. */
export function fitTexts(title: string, body: string, sections: readonly Section[]): FittedTexts {
  const fullTitle = title.length > RISK_LIMITS.title ? title : undefined;
  const paragraphs = sections.flatMap(([heading, text]) => (text ? [`${heading}: ${text}`] : []));
  const description = [fullTitle, body, ...paragraphs].filter(Boolean).join('\n\n');
  return {
    title: cut(title, RISK_LIMITS.title),
    description: cut(description, RISK_LIMITS.description),
    cut: fullTitle !== undefined || description.length > RISK_LIMITS.description,
  };
}

interface FittedTexts {
  readonly title: string;
  readonly description: string;
  readonly cut: boolean;
}

/** Distinct (without case), trimmed, within the register's limits; the first ones win. */
export function fitTags(values: Iterable<string | undefined>): string[] {
  const tags = new Map<string, string>();
  for (const value of values) {
    const tag = cut((value ?? '').replaceAll(/\s+/g, ' ').trim(), RISK_LIMITS.tag);
    if (tag === '' || tags.has(tag.toLowerCase())) continue;
    tags.set(tag.toLowerCase(), tag);
    if (tags.size === RISK_LIMITS.tags) break;
  }
  return [...tags.values()];
}
