import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../setup/run';

const RUN_MS = 90_000;
jest.setTimeout(2 * RUN_MS);

it('the bench of growth measures each request with each register', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'openrisk-growth-'));
  const out = join(directory, 'samples.json');
  const args = ['--max', '1500', '--rounds', '1', '--requests', '1', '--out', out];
  const told = await run(
    process.execPath,
    ['-r', './test/support/swc-register.cjs', 'test/bench/growth/bench-growth.ts', ...args],
    { timeoutMs: RUN_MS, cwd: join(__dirname, '../../..'), env: { ...process.env, NODE_NO_WARNINGS: '1' } },
  );
  const { sizes, measured } = JSON.parse(await readFile(out, 'utf8'));
  await rm(directory, { recursive: true });
  expect(told).toContain('| list, first page |');
  expect(sizes).toEqual([1_000, 1_500]);
  for (const { milliseconds } of measured) expect(milliseconds).toEqual([[expect.any(Number)], [expect.any(Number)]]);
});
