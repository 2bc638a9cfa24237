import { pickPopular } from './zipf.ts';
import type { World } from './world.ts';

export interface Write {
  readonly name: string;
  readonly method: 'PATCH' | 'POST';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Of 100: what people do with a register all day. A change of an asset, which all risks show, makes all of them old. */
const shares: readonly (readonly [share: number, write: (world: World, note: string) => Write])[] = [
  [40, ({ risks }, description) => patch('change a risk', `risks/${pickPopular(risks)}`, { description })],
  [30, ({ risks }, text) => post('comment', `risks/${pickPopular(risks)}/comments`, { text })],
  [
    25,
    ({ mitigations }) =>
      patch('change a mitigation', `mitigations/${pickPopular(mitigations)}`, {
        durationDays: 1 + Math.floor(Math.random() * 90),
      }),
  ],
  [5, ({ assets }, source) => patch('change an asset', `assets/${pickPopular(assets)}`, { source })],
];

export function usualWrite(world: World): Write {
  const note = `Load test ${Math.random()}`;
  let point = Math.random() * 100;
  for (const [share, write] of shares) {
    point -= share;
    if (point < 0) return write(world, note);
  }
  throw new Error('The shares of writes are less than 100');
}

function patch(name: string, path: string, body: Write['body']): Write {
  return { name, method: 'PATCH', path: `/api/v1/${path}`, body };
}

function post(name: string, path: string, body: Write['body']): Write {
  return { name, method: 'POST', path: `/api/v1/${path}`, body };
}
