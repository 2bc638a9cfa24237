import { AsyncValue } from '../context/async-value';

/** A load that somebody may join. */
interface Flight<T> {
  readonly result: Promise<T>;
  /** It has its place, if it needs one. */
  hasBegun: boolean;
  /** Something inside of it waits for another flight. */
  follows: boolean;
}

interface Enclosing {
  readonly key: string;
  readonly flight: Flight<unknown>;
}

/** The loads the caller runs in, outermost first. */
const enclosing = new AsyncValue<readonly Enclosing[]>();

/**
 * The loads of one cache: who asks the same at the same time shares one, and only so many run at once. None can wait for
 * ever: a load that a load has started takes no place of its own, runs when it asks for itself, and joins only what has
 * begun and waits for nobody. Without that, loads with all the places could wait for one that has none.
 */
export class Loads<T> {
  private readonly running = new Map<string, Flight<T>>();
  private readonly announced = new Map<string, Flight<T>>();
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
    if (shared && !mayJoin(shared)) return load();
    if (shared) {
      onJoin();
      return follow(shared);
    }
    const flight = flightOf<T>((own) => elsewhere().then((found) => found ?? this.inPlace(key, own, load)));
    this.running.set(key, flight);
    const over = (): boolean => this.running.delete(key);
    flight.result.then(over, over);
    return flight.result;
  }

  /**
   * Joins only a load that has not begun. Without generations nobody can know what has changed since one began, so the
   * load is for those who asked before it; one of each key runs at a time.
   */
  shareNext(key: string, load: () => Promise<T>, onJoin: () => void): Promise<T> {
    // Inside a load: all the others may be waiting for it.
    if (enclosing.get()) return load();
    const next = this.announced.get(key);
    if (next) {
      onJoin();
      return next.result;
    }
    const before = this.running.get(key);
    const flight = flightOf<T>((own) => this.after(before, key, own, load));
    this.announced.set(key, flight);
    return flight.result;
  }

  private async after(before: Flight<T> | undefined, key: string, own: Flight<T>, load: () => Promise<T>): Promise<T> {
    await before?.result.catch(() => undefined);
    return this.inPlace(key, own, () => {
      this.announced.delete(key);
      this.running.set(key, own);
      const over = (): void => {
        if (this.running.get(key) === own) this.running.delete(key);
      };
      own.result.then(over, over);
      return load();
    });
  }

  private async inPlace(key: string, flight: Flight<T>, load: () => Promise<T>): Promise<T> {
    const outer = enclosing.get();
    const inside = (): Promise<T> => {
      flight.hasBegun = true;
      return enclosing.run([...(outer ?? []), { key, flight }], load);
    };
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

function flightOf<T>(start: (flight: Flight<T>) => Promise<T>): Flight<T> {
  let settle: (result: Promise<T>) => void = () => undefined;
  const result = new Promise<T>((resolve) => (settle = resolve));
  const flight: Flight<T> = { result, hasBegun: false, follows: false };
  settle(start(flight));
  return flight;
}

function mayJoin({ hasBegun, follows }: Flight<unknown>): boolean {
  return !enclosing.get() || (hasBegun && !follows);
}

/** What encloses the caller waits as well: nobody inside of the flight may join it then. */
function follow<T>({ result }: Flight<T>): Promise<T> {
  for (const { flight } of enclosing.get() ?? []) flight.follows = true;
  return result;
}

function isEnclosing(key: string): boolean {
  return enclosing.get()?.some((outer) => outer.key === key) ?? false;
}
