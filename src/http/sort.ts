import { BadRequest } from '../errors/http.errors';

export interface SortTerm<Field extends string = string> {
  readonly field: Field;
  readonly descending: boolean;
}

/**
 * Reads `-score,createdAt`: fields of the list, each at most once, `-` for descending.
 *
 * @throws BadRequest 400 naming the fields that are allowed
 */
export function parseSort<Field extends string>(text: string, allowed: readonly Field[]): SortTerm<Field>[] {
  const terms = text.split(',').map((part) => {
    const descending = part.startsWith('-');
    const name = descending ? part.slice(1) : part;
    const field = allowed.find((candidate) => candidate === name);
    if (!field) throw unsortable(allowed);
    return { field, descending };
  });
  if (new Set(terms.map((term) => term.field)).size !== terms.length) throw unsortable(allowed);
  return terms;
}

function unsortable(allowed: readonly string[]): BadRequest {
  const message = `must name fields of ${allowed.join(', ')}, each at most once, with - in front for descending`;
  return new BadRequest(`sort ${message}.`, [{ pointer: '?sort', code: 'sort', message }]);
}
