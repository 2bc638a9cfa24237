import type { CellsChanged } from '../../store';

/** Nobody is there to change them. */
export const NOT_CHANGED: CellsChanged = { status: 'deferred', cells: new Map() };

/** `ok` when all are. */
export function merged(changes: readonly CellsChanged[]): CellsChanged {
  return {
    status: changes.every(({ status }) => status === 'ok') ? 'ok' : 'deferred',
    cells: new Map(changes.flatMap(({ cells }) => [...cells])),
  };
}

export function renamed(cells: CellsChanged['cells'], rename: (name: string) => string): CellsChanged['cells'] {
  return new Map(Array.from(cells, ([name, change]) => [rename(name), change]));
}
