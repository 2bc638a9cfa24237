import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../setup/run';
import { describeWithRedis } from '../../support/redis-server';

const RUN_MS = 90_000;
jest.setTimeout(2 * RUN_MS);

describeWithRedis('The benches of the cache', () => {
  const bench = (program: string, ...args: string[]) =>
    run(process.execPath, ['-r', './test/support/swc-register.cjs', `test/bench/cache/${program}`, ...args], {
      timeoutMs: RUN_MS,
      cwd: join(__dirname, '../../..'),
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });

  it('measure each case, ours among others', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'openrisk-bench-'));
    const out = join(directory, 'samples.json');
    const told = await bench('bench-cache.ts', '--quick', '--out', out);
    const { microseconds } = JSON.parse(await readFile(out, 'utf8'));
    await rm(directory, { recursive: true });
    expect(told).toContain('| CPU of a hit, memory, no tag');
    for (const { what, series } of microseconds) {
      const ours = series.find(({ name }: { name: string }) => name === 'openrisk');
      expect({ what, samples: ours?.samples }).toEqual({ what, samples: [expect.any(Number)] });
    }
  });

  it('show the races in which others are stale, and that ours is not', async () => {
    const told = await bench('races/bench-races.ts', '--quick');
    expect(told).toMatch(/openrisk, validated +\| fresh/);
    expect(told).toMatch(/cache-manager +\| STALE/);
  });
});
