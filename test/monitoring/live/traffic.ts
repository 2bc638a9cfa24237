import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../../support/api-client';
import { until } from '../../support/until';

const INTERVAL_MS = 100;
/** A page of risks is read for every so many changes. */
const READS_PER_CHANGE = 13;
const MOST_AT_ONCE = 30;
const ANSWER_MS = 60_000;
const QUESTIONS = [
  '/api/v1/risks?limit=20',
  '/api/v1/stats?period=month',
  '/api/v1/risks?severity=CRITICAL',
  '/api/v1/stats/risk-matrix',
];

/** Ten requests a second, one in fourteen a change: as somebody who works with the register. */
export class Traffic {
  /** Nobody asks anything. */
  isPaused = false;
  /** Each question is a new one. */
  isUnique = false;
  private asked = 0;
  private open = 0;
  private isOver = false;
  private readonly loop: Promise<void>;

  constructor(private readonly client: ApiClient) {
    this.loop = this.run();
  }

  /** Nobody asks anything, and nobody waits for an answer. */
  async settle(): Promise<void> {
    this.isPaused = true;
    await until(() => this.open === 0, ANSWER_MS);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      await pause(INTERVAL_MS);
      if (!this.isPaused && this.open < MOST_AT_ONCE) void this.askOne();
    }
  }

  private async askOne(): Promise<void> {
    const turn = this.asked++;
    this.open++;
    try {
      if (turn % (READS_PER_CHANGE + 1) === 0)
        await this.client.post('/api/v1/assets', { name: `Asset ${turn}`, type: 'Server' });
      else await this.client.get(this.isUnique ? uniqueQuestion(turn) : (QUESTIONS[turn % QUESTIONS.length] ?? ''));
    } catch {
      // The application is stopped and cut off now and then.
    } finally {
      this.open--;
    }
  }
}

function uniqueQuestion(turn: number): string {
  const severity = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'][Math.floor(turn / 100) % 4] ?? '';
  return `/api/v1/risks?limit=${1 + (turn % 100)}&severity=${severity}`;
}
