/**
 * Generations of tags in this process, bounded together. A forgotten one only costs the entries behind it, and it is whoever
 * has most that forgets what they have used least recently: a tenant that asks for what is not there, and leaves its tags
 * behind, takes no entries from others.
 */
export class TagCells {
  private readonly owners = new Map<string, Map<string, string>>();
  private size = 0;

  constructor(private readonly max: number) {}

  has(name: string): boolean {
    return this.owners.get(ownerOf(name))?.has(name) ?? false;
  }

  get(name: string): string | undefined {
    const cells = this.owners.get(ownerOf(name));
    const nonce = cells?.get(name);
    if (cells && nonce !== undefined) {
      cells.delete(name);
      cells.set(name, nonce);
    }
    return nonce;
  }

  set(name: string, nonce: string): void {
    const owner = ownerOf(name);
    const cells = this.owners.get(owner) ?? new Map<string, string>();
    if (cells.size === 0) this.owners.set(owner, cells);
    if (!cells.delete(name)) this.size++;
    cells.set(name, nonce);
    while (this.size > this.max) this.forgetOne();
  }

  clear(): void {
    this.owners.clear();
    this.size = 0;
  }

  private forgetOne(): void {
    let largest: Map<string, string> | undefined;
    for (const cells of this.owners.values()) if (!largest || cells.size > largest.size) largest = cells;
    for (const oldest of largest?.keys() ?? []) {
      largest?.delete(oldest);
      this.size--;
      return;
    }
  }
}

/** `g:tenant:<id>` of everything of a tenant; what all share is one owner. */
function ownerOf(name: string): string {
  return name.startsWith('g:tenant:') ? name.split(':', 3).join(':') : '';
}
