/** Items that are made one by one, anew each time they are iterated, and never held together. */
export function repeatable<Item>(make: () => Iterator<Item>): Iterable<Item> {
  return { [Symbol.iterator]: make };
}

/** The same items changed, one by one as they are asked for. */
export function mapped<Item, Changed>(items: Iterable<Item>, change: (item: Item) => Changed): Iterable<Changed> {
  return repeatable(function* () {
    for (const item of items) yield change(item);
  });
}
