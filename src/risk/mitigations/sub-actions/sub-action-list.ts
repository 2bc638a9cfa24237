import type { SubActionResponse, UpdateSubAction } from './sub-action.dto';

/** The list with one more, at its place or at the end. */
export function withSubAction(list: readonly SubActionResponse[], added: SubActionResponse, position?: number) {
  return numbered(list.toSpliced(position ?? list.length, 0, added));
}

/** The list with one of them changed, and moved where the change says so: beyond the end is the end. */
export function withChanged(
  list: readonly SubActionResponse[],
  current: SubActionResponse,
  { title = current.title, done = current.done, position = current.position }: UpdateSubAction,
): SubActionResponse[] {
  const others = list.filter(({ id }) => id !== current.id);
  return numbered(others.toSpliced(position, 0, { ...current, title, done }));
}

export function without(list: readonly SubActionResponse[], removedId: string): SubActionResponse[] {
  return numbered(list.filter(({ id }) => id !== removedId));
}

function numbered(list: readonly SubActionResponse[]): SubActionResponse[] {
  return list.map((subAction, position) => ({ ...subAction, position }));
}
