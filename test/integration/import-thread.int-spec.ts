import { readImport, readText } from '../../src/risk/import/read-import';
import { ThreadReading } from '../../src/risk/import/reading/thread-reading';
import type { ImportRow } from '../../src/risk/import/import-row';
import { UnreadableImport } from '../../src/risk/import/unreadable-import';

const description = 'x'.repeat(400);
const rows = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ title: `Risk ${index}`, probability: 3, impact: index % 100 === 99 ? 9 : 4 },
    ...{ externalId: `E-${index}`, description },
  }));
const csvOf = (count: number): Buffer => {
  const lines = rows(count).map((row) => `${Object.values(row).join(',')}\n`);
  return Buffer.from(`title,probability,impact,externalId,description\n${lines.join('')}`);
};

async function readInThread(file: Buffer, mostHeapMegabytes?: number): Promise<{ total: number; read: ImportRow[][] }> {
  const { facts, reading } = await ThreadReading.open(file, {}, undefined, mostHeapMegabytes);
  try {
    const read: ImportRow[][] = [];
    for await (const batch of reading.batches()) read.push([...batch]);
    return { total: facts.total, read };
  } finally {
    await reading.close();
  }
}

const toldOf = ({ message, line, errors }: UnreadableImport): object => ({ message, line, errors });

describe('a file that is read in a thread', () => {
  it('has the same rows, in batches', async () => {
    const file = csvOf(2500);
    const { total, read } = await readInThread(file);
    expect([total, ...read.map(({ length }) => length)]).toEqual([2500, 1000, 1000, 500]);
    expect(read.flat()).toEqual(readText(file).rows);
  });

  it('is refused with the same reason, line and problems', async () => {
    const refusals = ['title,probability,impact\na,1,"2\n', 'title,probability,impact\na,9,2\nb,1,\n', '[{', 'nothing'];
    for (const file of refusals.map((text) => Buffer.from(text))) {
      const here = await readImport(file).catch((error: unknown) => error);
      const there = await ThreadReading.open(file, {}).catch((error: unknown) => error);
      expect([here, there]).toEqual([expect.any(UnreadableImport), expect.any(UnreadableImport)]);
      expect(toldOf(there as UnreadableImport)).toEqual(toldOf(here as UnreadableImport));
    }
  });

  // Held together the rows of 25,000 lines are more than this thread may hold, and its heap is all it has.
  it('takes no more memory for more rows of a CSV', async () => {
    const { total, read } = await readInThread(csvOf(25_000), 30);
    expect([total, read.length]).toEqual([25_000, 25]);
  }, 180_000);

  it('is refused, and nobody else is harmed, when it takes more memory than a thread has', async () => {
    const file = Buffer.from(JSON.stringify(rows(40_000)));
    await expect(ThreadReading.open(file, {}, undefined, 24)).rejects.toThrow('takes too much memory');
  }, 180_000);

  it('is let go at once when it is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const opening = ThreadReading.open(csvOf(40_000), {}, controller.signal);
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
    await expect(ThreadReading.open(csvOf(1), {}, controller.signal)).rejects.toBe(reason);

    const later = new AbortController();
    const { reading } = await ThreadReading.open(csvOf(5000), {}, later.signal);
    const batches = reading.batches();
    await batches.next();
    later.abort(reason);
    await expect(batches.next()).rejects.toBe(reason);
    await reading.close();
  });
});
