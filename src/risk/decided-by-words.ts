/** What a list is asked with: what narrows it, and how it is sorted (`-title,createdAt`). */
interface ListQuery {
  readonly sort?: string;
}

type Decides<Name extends string> = Readonly<Record<Name, boolean>>;

/**
 * Whether words decide which rows a list shows, or in which order. A filter or sort that is new does not compile until it
 * says so.
 */
export function decidedByWords<Filter extends object, Sort extends string>(
  filters: Decides<keyof Filter & string>,
  sorts: Decides<Sort>,
): (query: Filter & ListQuery) => boolean {
  return ({ sort = '', ...filter }) =>
    Object.entries(filter).some(([name, value]) => value !== undefined && isSet(filters, name)) ||
    sort.split(',').some((term) => isSet(sorts, term.replace(/^-/, '')));
}

function isSet(decides: Readonly<Record<string, boolean>>, name: string): boolean {
  return Object.hasOwn(decides, name) && decides[name] === true;
}
