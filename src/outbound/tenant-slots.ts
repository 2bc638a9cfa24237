import { Injectable } from '@nestjs/common';
import { OutboundConfig } from './outbound.config';

interface Line {
  taken: number;
  /** First come, first served. */
  readonly waiting: Set<() => void>;
}

/** How many requests each tenant has outside at the same time: one that asks for many waits for itself alone. */
@Injectable()
export class TenantSlots {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly config: OutboundConfig) {}

  /** @returns gives the slot back, once @throws what the signal says, when it is given while it waits */
  async take(tenantId: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const line = this.lines.get(tenantId) ?? { taken: 0, waiting: new Set() };
    this.lines.set(tenantId, line);
    if (line.taken < this.config.concurrencyPerTenant) line.taken += 1;
    else await turnIn(line, signal);
    let isTaken = true;
    return () => {
      if (isTaken) this.giveBack(tenantId, line);
      isTaken = false;
    };
  }

  private giveBack(tenantId: string, line: Line): void {
    const [next] = line.waiting;
    if (next) {
      next();
      return;
    }
    line.taken -= 1;
    if (line.taken === 0) this.lines.delete(tenantId);
  }
}

/** The slot of whoever leaves next becomes one's own. */
function turnIn({ waiting }: Line, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      waiting.delete(go);
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      waiting.delete(go);
      reject(signal.reason as Error);
    };
    waiting.add(go);
    signal.addEventListener('abort', leave, { once: true });
  });
}
