import type { KeyPart } from './key-part';
import { tag, type Tag } from './tag';
import type { TagFamily } from './tag-list';

/** A page of 20 depends on one of 13. Ids end at random. */
const PLACES = 256;

/** A tag of a row, by its UUID, for pages that show it. Rows whose ids end alike share one. */
export function rowTag(...path: readonly KeyPart[]): TagFamily {
  return (id) => tag(...path, parseInt(id.slice(-2), 16));
}

/** What a page may depend on before anybody knows which rows it shows. */
export function everyRow(row: TagFamily): readonly Tag[] {
  return Array.from({ length: PLACES }, (_, place) => row(place.toString(16)));
}
