/** Sums of 1, 1/2, 1/3 ...; those of a shorter list are its beginning. */
const sums: number[] = [];

/** One of them: the n-th is picked 1/n as often as the first, as people ask for what is on top of their lists. */
export function pickPopular<T>(items: readonly T[]): T {
  for (let rank = sums.length + 1; rank <= items.length; rank++) sums.push((sums[rank - 2] ?? 0) + 1 / rank);
  const point = Math.random() * (sums[items.length - 1] ?? 0);
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) < point) low = middle + 1;
    else high = middle;
  }
  return pickAt(items, low);
}

export function pickAny<T>(items: readonly T[]): T {
  return pickAt(items, Math.floor(Math.random() * items.length));
}

function pickAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error('There is nothing to pick from');
  return item;
}
