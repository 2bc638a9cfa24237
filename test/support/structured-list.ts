/** One member of a Structured Fields List (RFC 9651): a String with Integer parameters. */
export interface StructuredItem {
  readonly value: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** @throws Error for anything that is not a List of Strings with Integer parameters */
export function parseStructuredList(field: string | null): StructuredItem[] {
  if (field === null) throw new Error('There is no such header');
  return field.split(/[ \t]*,[ \t]*/).map((member) => {
    const match = /^"([\x20-\x21\x23-\x5b\x5d-\x7e]*)"((?:; *[a-z*][a-z0-9_.*-]*=-?\d{1,15})*)$/.exec(member);
    if (!match) throw new Error(`Not a String with Integer parameters: ${member}`);
    const [, value = '', parameters = ''] = match;
    const pairs = parameters
      .split(';')
      .slice(1)
      .map((pair) => pair.trim().split('='));
    return { value, parameters: Object.fromEntries(pairs.map(([name, number]) => [name, Number(number)])) };
  });
}
