import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until';
import type { Provocation, Stage } from './provocation';

const ARRIVAL_MS = 60_000;
const RESOLUTION_MS = 480_000;
/** Alertmanager would have told by then: it waits a sixth of a second. */
const SILENCE_MS = 4_000;

/** Provokes alerts, and keeps account of where they arrived. */
export class Rehearsal {
  readonly failures: string[] = [];
  private readonly told = new Map<string, readonly string[]>();

  constructor(
    private readonly stage: Stage,
    private readonly say: (line: string) => void,
  ) {}

  /** Until everything that is expected has arrived; `meanwhile` is what is looked at before it is put right. */
  async provoke(provocation: Provocation, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const names = Object.keys(provocation.expected).join(', ');
    const undo = await provocation.provoke(this.stage);
    try {
      await this.attempt(names, async () => {
        for (const [alert, channels] of Object.entries(provocation.expected)) await this.arrives(alert, channels);
        await meanwhile();
      });
    } finally {
      await undo();
    }
  }

  /** An alert that is expected without anything that is done for it now. */
  async arrives(alert: string, channels: readonly string[], timeoutMs = ARRIVAL_MS): Promise<void> {
    const { slack } = this.stage.stack;
    this.told.set(alert, channels);
    await slack.arrived(alert, 'FIRING', channels, timeoutMs);
    const found = slack.channelsOf(alert, 'FIRING');
    if (found.length !== channels.length) throw new Error(`${alert} has arrived in ${found.join(', ')}`);
    this.say(`ok      ${alert} arrives in ${found.join(', ')}`);
  }

  /** It fires, and nobody is told: something that is its cause was. */
  async isHeldBack(alert: string, cause: string): Promise<void> {
    const { prometheus, slack } = this.stage.stack;
    const before = slack.count(alert);
    await until(async () => (await prometheus.firing()).has(alert), ARRIVAL_MS * 3);
    await pause(SILENCE_MS);
    const firing = await prometheus.firing();
    if (!firing.has(alert) || !firing.has(cause)) throw new Error(`${alert} and ${cause} did not fire together`);
    if (slack.count(alert) !== before) throw new Error(`${alert} was told although ${cause} fires`);
    this.say(`ok      ${alert} is held back while ${cause} fires`);
  }

  /** Each alert that has arrived is told to be over, in the same channels. */
  async resolve(): Promise<void> {
    const { slack } = this.stage.stack;
    const resolved = [...this.told].map(([alert, channels]) =>
      this.attempt(`${alert} resolves`, async () => {
        await slack.arrived(alert, 'RESOLVED', channels, RESOLUTION_MS);
        this.say(`ok      ${alert} resolves in ${channels.join(', ')}`);
      }),
    );
    await Promise.all(resolved);
  }

  get alerts(): string[] {
    return [...this.told.keys()];
  }

  async attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.failures.push(`${name}: ${reason}`);
      this.say(`FAILED  ${name}: ${reason}`);
    }
  }
}
