import { AsyncLocalStorage } from 'node:async_hooks';

/** Keys of the loads the caller runs in, outermost first. */
const enclosing = new AsyncLocalStorage<readonly string[]>();

/**
 * The loads of one cache: who asks the same at the same time shares one, and only so many run at once. A load that a
 * load has started takes no place of its own, and one that asks for itself is run: neither can wait forever.
 */
export class Loads<T> {
  private readonly running = new Map<string, Promise<T>>();
  private readonly announced = new Map<string, Promise<T>>();
  private readonly queue: (() => void)[] = [];
  private places: number;

  constructor(maxLoads: number) {
    this.places = maxLoads;
  }

  /**
   * Joins a load with the same key that is under way. The key must hold the generation vector: that keeps readers who
   * come after an eviction apart from loads that began before it.
   *
   * @param onJoin called when somebody else is doing the work
   * @param elsewhere asked first, without a place: what makes the load needless
   */
  share(
    key: string,
    load: () => Promise<T>,
    onJoin: () => void,
    elsewhere: () => Promise<T | undefined> = () => Promise.resolve(undefined),
  ): Promise<T> {
    if (isEnclosing(key)) return load();
    const shared = this.running.get(key);
    if (shared) {
      onJoin();
      return shared;
    }
    const started = elsewhere()
      .then((found) => found ?? this.inPlace(key, load))
      .finally(() => this.running.delete(key));
    this.running.set(key, started);
    return started;
  }

  /**
   * Joins only a load that has not begun. Without generations nobody can know what has changed since one began, so the
   * load is for those who asked before it; one of each key runs at a time.
   */
  shareNext(key: string, load: () => Promise<T>, onJoin: () => void): Promise<T> {
    if (isEnclosing(key)) return load();
    const next = this.announced.get(key);
    if (next) {
      onJoin();
      return next;
    }
    const before = this.running.get(key);
    const announced = this.after(before, key, load);
    this.announced.set(key, announced);
    return announced;
  }

  private async after(before: Promise<T> | undefined, key: string, load: () => Promise<T>): Promise<T> {
    await before?.catch(() => undefined);
    return this.inPlace(key, () => {
      const begun = this.announced.get(key);
      this.announced.delete(key);
      const loading = load();
      if (begun) {
        this.running.set(key, begun);
        const over = (): void => {
          if (this.running.get(key) === begun) this.running.delete(key);
        };
        begun.then(over, over);
      }
      return loading;
    });
  }

  private async inPlace(key: string, load: () => Promise<T>): Promise<T> {
    const outer = enclosing.getStore();
    const inside = (): Promise<T> => enclosing.run([...(outer ?? []), key], load);
    if (outer) return inside();
    if (this.places > 0) this.places--;
    else await new Promise<void>((resolve) => this.queue.push(resolve));
    try {
      return await inside();
    } finally {
      const waiting = this.queue.shift();
      if (waiting) waiting();
      else this.places++;
    }
  }
}

function isEnclosing(key: string): boolean {
  return enclosing.getStore()?.includes(key) ?? false;
}
