const WINDOW_MS = 60_000;
/** So many accounts, at most, are told apart within a window. */
const MOST_ACCOUNTS = 10_000;

/** How many refusals of one account are worth a row: an account that is refused all day must not fill the disk. */
export class DenialBudget {
  private readonly used = new Map<string, number>();
  private windowEndsAt = 0;

  constructor(private readonly perMinute: number) {}

  /** @param nowMs any clock that does not go backwards */
  takes(account: string, nowMs: number): boolean {
    if (nowMs >= this.windowEndsAt) {
      this.used.clear();
      this.windowEndsAt = nowMs + WINDOW_MS;
    }
    const used = this.used.get(account) ?? 0;
    if (used >= this.perMinute || (used === 0 && this.used.size >= MOST_ACCOUNTS)) return false;
    this.used.set(account, used + 1);
    return true;
  }
}
