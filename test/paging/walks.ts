import type { Random } from '../history/random';
import type { ApiClient } from '../support/api-client';
import { read } from '../registers/lists';

export interface WalkedList {
  readonly path: string;
  readonly query?: Query;
  /** What it can be sorted by. */
  readonly sorts?: readonly string[];
  /** What it is sorted by, where nobody can choose. */
  readonly order?: string;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Lists over the same rows, and what changes some of these. */
export interface World {
  readonly client: ApiClient;
  readonly lists: readonly WalkedList[];
  /** Ids of the rows that `write` changes, deletes and restores; others stay as they are. */
  readonly touchable: ReadonlySet<string>;
  /** Whether every write adds a row, and none ever goes. */
  readonly grows?: true;
  /** Changes, deletes, restores or adds one. @throws Error when it is refused */
  readonly write: () => Promise<void>;
}

interface Item {
  readonly [field: string]: string | number | null | undefined;
}

interface PageOfItems {
  readonly items: readonly Item[];
  readonly page: { readonly nextCursor: string | null; readonly prevCursor: string | null };
}

/** What two walks have shown, and what they were to show. */
export interface Walked {
  readonly pages: number;
  /** Rows that nobody has touched, in the order in which they were before. */
  readonly stayed: readonly string[];
  readonly forwards: readonly string[];
  readonly backwards: readonly string[];
  /** What is wrong besides. */
  readonly faults: readonly string[];
}

/** From then on nobody writes: rows that are changed over and over would keep some walks from ever ending. */
const PAGES_UNDER_WRITES = 40;
const MOST_PAGES = 500;

/** Walks a list to its end and back, while others write between the pages and during them. */
export async function walkUnderWrites(
  { client, touchable, write }: World,
  { path, query = {}, order = '' }: Pick<WalkedList, 'path' | 'query' | 'order'>,
  { limit, sort }: { readonly limit: number; readonly sort: string | undefined },
  random: Random,
): Promise<Walked> {
  const sorted = sort ?? order;
  let pages = 0;
  const page = async (cursor?: string): Promise<PageOfItems> => {
    if (++pages > MOST_PAGES) throw new Error(`${path} has no end`);
    const isDisturbed = pages <= PAGES_UNDER_WRITES;
    const writers = isDisturbed ? Array.from({ length: Math.floor(random.next() * 3) }, () => write()) : [];
    const [answer] = await Promise.all([read(client, path, { ...query, sort, limit, cursor }), ...writers]);
    if (isDisturbed && random.chance(0.5)) await write();
    return answer as PageOfItems;
  };
  const quiet = (await read(client, path, { ...query, sort, limit: 200 })) as PageOfItems;
  if (quiet.page.nextCursor !== null) throw new Error(`${path} is too long for this test`);
  const before = new Set(touchable);
  const stayed = quiet.items.map(idOf).filter((id) => !before.has(id));

  const first = await page();
  const forth = [first, ...(await follow(first, 'nextCursor', page))];
  const last = forth.at(-1) ?? first;
  const back = await follow(last, 'prevCursor', page);

  const forthItems = forth.flatMap(({ items }) => items);
  const backItems = [...last.items.toReversed(), ...back.flatMap(({ items }) => items.toReversed())];
  const stays = new Set(stayed);
  const shown = (items: readonly Item[]): string[] => items.map(idOf).filter((id) => stays.has(id));
  return {
    ...{ pages, stayed, forwards: shown(forthItems), backwards: shown(backItems).toReversed() },
    faults: [
      ...repeated(forthItems, sorted).map((id) => `${id} came twice`),
      ...repeated(backItems, sorted).map((id) => `${id} came twice on the way back`),
      ...outOfOrder(forthItems, sorted),
      ...outOfOrder(backItems.toReversed(), sorted).map((fault) => `${fault} on the way back`),
    ],
  };
}

async function follow(
  from: PageOfItems,
  link: 'nextCursor' | 'prevCursor',
  page: (cursor: string) => Promise<PageOfItems>,
): Promise<PageOfItems[]> {
  const pages: PageOfItems[] = [];
  for (let cursor = from.page[link]; cursor !== null; cursor = pages.at(-1)?.page[link] ?? null) {
    pages.push(await page(cursor));
  }
  return pages;
}

/** Rows come again only when they have been moved on, to another place of the list. */
function repeated(items: readonly Item[], sort: string): string[] {
  const places = new Map<string, string>();
  const ids: string[] = [];
  for (const item of items) {
    const place = JSON.stringify(termsOf(sort).map(({ field }) => item[field]));
    const id = idOf(item);
    if (places.get(id) === place) ids.push(id);
    places.set(id, place);
  }
  return ids;
}

function outOfOrder(items: readonly Item[], sort: string): string[] {
  const terms = termsOf(sort);
  return items.flatMap((item, index) => {
    const previous = items[index - 1];
    for (const { field, sign } of previous ? terms : []) {
      const [one, other] = [keyOf(previous ?? item, field), keyOf(item, field)];
      if (one === other) continue;
      if (one < other === sign > 0) return [];
      return [`${field} ${other} came after ${one}`];
    }
    return [];
  });
}

function termsOf(sort: string): { field: string; sign: 1 | -1 }[] {
  const terms = sort.split(',').filter((term) => term !== '');
  return terms.map((term) => (term.startsWith('-') ? { field: term.slice(1), sign: -1 } : { field: term, sign: 1 }));
}

/** Without a due date a row is due last, without a score it is below all others. */
function keyOf(item: Item, field: string): string | number {
  return item[field] ?? (field === 'dueDate' ? '9999-99-99' : -1);
}

function idOf({ id, riskId, version }: Item): string {
  return String(id ?? riskId ?? version);
}
