import type { ConnectorManifest } from '../connector';
import type { ConnectorQuery } from './catalogue.dto';

/** What narrows the catalogue, without what pages it. */
export type CatalogueFilter = Omit<ConnectorQuery, 'limit' | 'cursor' | 'page' | 'total'>;

/** Equal filters become equal: neither the order nor the case in which something was given matters. */
export function catalogueFilterOf({ category, status, capability, q }: ConnectorQuery): CatalogueFilter {
  return {
    ...(category ? { category: category.toSorted() } : {}),
    ...(status ? { status: status.toSorted() } : {}),
    ...(capability ? { capability: capability.toSorted() } : {}),
    ...(q === undefined ? {} : { q: folded(q.trim()) }),
  };
}

export function matchesFilter(
  { name, author, description, ...manifest }: ConnectorManifest,
  { category, status, capability, q }: CatalogueFilter,
): boolean {
  if (category && !category.includes(manifest.category)) return false;
  if (status && !status.includes(manifest.status)) return false;
  if (capability && !capability.some((one) => manifest.capabilities.includes(one))) return false;
  return q === undefined || [name, author, description].some((text) => folded(text).includes(q));
}

/** How well all words are found: 2 in the name, 1 anywhere, 0 when one is missing. */
export function searchRank({ slug, name, author, description }: ConnectorManifest, q: string): 0 | 1 | 2 {
  const words = folded(q)
    .split(/\s+/u)
    .filter((word) => word !== '');
  const isIn = (text: string): boolean => words.every((word) => text.includes(word));
  const title = folded(`${name} ${slug}`);
  if (isIn(title)) return 2;
  return isIn(`${title} ${folded(author)} ${folded(description)}`) ? 1 : 0;
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
