import { expectThat, type Checklist } from './checklist';
import type { Answer } from './deployment';
import type { ProbeAsset } from './probe-asset';

/** Reads are kept, and what was written is what the next read shows. */
export async function checkCache(checklist: Checklist, asset: ProbeAsset): Promise<void> {
  await checklist.check('write, then read', async () => {
    expectThat((await asset.listed()).length === 0, 'it was there before it was added');
    await asset.add();
    expectThat((await asset.listed()).length === 1, 'the list of before is still shown');
    return 'an asset was added; the list that was cached without it shows it';
  });
  await checklist.check('cached read', async () => {
    const [first, second] = [await asset.read(), await asset.read()];
    expectThat(outcomeOf(first) === 'MISS', `the first read is a ${outcomeOf(first)}, not a MISS`);
    expectThat(outcomeOf(second) === 'HIT', `the second read is a ${outcomeOf(second)}, not a HIT`);
    expectThat(first.text === second.text, 'the second read has other bytes');
    expectThat(first.headers.get('etag') === second.headers.get('etag'), 'the second read has another ETag');
    return `MISS, then HIT with the same ${Buffer.byteLength(first.text)} bytes`;
  });
  await checklist.check('change, then read', async () => {
    await asset.change({ type: 'Changed probe' });
    expectThat((await asset.read()).text.includes('Changed probe'), 'the asset is shown as it was before');
    const [listed] = await asset.listed();
    expectThat(listed?.type === 'Changed probe', 'the list is shown as it was before');
    return 'the asset and the list show the change at once';
  });
}

function outcomeOf({ headers }: Answer): string {
  return headers.get('x-cache') ?? 'read without a cache';
}
