import { join } from 'node:path';
import { run } from '../../setup/run';

const RUN_MS = 90_000;
jest.setTimeout(2 * RUN_MS);

it('the bench of webhooks measures a change without, with one and with five', async () => {
  const told = await run(
    process.execPath,
    [
      '-r',
      './test/support/swc-register.cjs',
      'test/bench/webhooks/bench-webhooks.ts',
      '--rounds',
      '1',
      '--requests',
      '1',
    ],
    { timeoutMs: RUN_MS, cwd: join(__dirname, '../../..'), env: { ...process.env, NODE_NO_WARNINGS: '1' } },
  );
  for (const webhooks of [0, 1, 5])
    expect(told).toMatch(new RegExp(`^\\| ${webhooks} \\| [\\d.]+ ms \\| [\\d.]+`, 'm'));
});
