import { LRUCache } from 'lru-cache';
import type { LimitPolicy, LimitState } from './limit-policy';

/** Per limit and process, at some 200 bytes each; whoever asked least recently is forgotten, and starts anew. */
const MOST_WINDOWS = 20_000;

/** What this process knows of one key in the current window. */
interface Window {
  /** What all instances together have counted, when Redis was last asked. */
  known: number;
  /** Counted here and on its way to Redis. */
  sending: number;
  /** Counted here, and not told to Redis yet. */
  pending: number;
  endsAt: number;
  hasRefused: boolean;
}

export interface Hit extends LimitState {
  /** The first one of this window that is over the quota. */
  readonly startsBlock: boolean;
}

/** Points on their way to Redis; they count here all the while. */
export interface TakenPoints {
  readonly points: number;
  /** They have arrived, and this is what came of them for all instances. */
  confirm(state: LimitState): void;
  /** They have not: they are taken again next time. */
  giveBack(): void;
}

/**
 * Fixed windows in this process, bounded in number. The library's in-memory limiter is not: it holds every key, and a timer
 * for each, as long as its window lasts, so that whoever has many addresses decides how much memory that takes.
 */
export class LocalWindows {
  private readonly windows: LRUCache<string, Window>;

  constructor(
    private readonly policy: Pick<LimitPolicy, 'quota' | 'windowSeconds'>,
    private readonly now: () => number = () => performance.now(),
    mostWindows = MOST_WINDOWS,
  ) {
    this.windows = new LRUCache({ max: mostWindows });
  }

  /** Counts one more, unless the quota is used up. */
  hit(key: string): Hit {
    const window = this.current(key);
    const count = countOf(window) + 1;
    const msLeft = window.endsAt - this.now();
    if (count <= this.policy.quota) {
      window.pending++;
      return { count, msLeft, startsBlock: false };
    }
    const startsBlock = !window.hasRefused;
    window.hasRefused = true;
    return { count, msLeft, startsBlock };
  }

  /** What Redis has not heard of yet; undefined when there is nothing, or an answer is still awaited. */
  take(key: string): TakenPoints | undefined {
    const window = this.windows.peek(key);
    if (!window || window.pending === 0 || window.sending > 0 || window.endsAt <= this.now()) return undefined;
    window.sending = window.pending;
    window.pending = 0;
    return {
      points: window.sending,
      confirm: ({ count, msLeft }) => {
        window.known = count;
        window.sending = 0;
        window.endsAt = this.now() + msLeft;
      },
      giveBack: () => {
        window.pending += window.sending;
        window.sending = 0;
      },
    };
  }

  /** Adds, or takes back with a negative number. */
  add(key: string, points: number): LimitState {
    const window = this.current(key);
    window.known = Math.max(0, window.known + points);
    return { count: countOf(window), msLeft: window.endsAt - this.now() };
  }

  set(key: string, { count, msLeft }: LimitState): void {
    const endsAt = this.now() + msLeft;
    this.windows.set(key, { known: count, sending: 0, pending: 0, endsAt, hasRefused: false });
  }

  delete(key: string): void {
    this.windows.delete(key);
  }

  private current(key: string): Window {
    const known = this.windows.get(key);
    const now = this.now();
    if (known && known.endsAt > now) return known;
    const endsAt = now + this.policy.windowSeconds * 1000;
    const fresh: Window = { known: 0, sending: 0, pending: 0, endsAt, hasRefused: false };
    this.windows.set(key, fresh);
    return fresh;
  }
}

function countOf({ known, sending, pending }: Window): number {
  return known + sending + pending;
}
