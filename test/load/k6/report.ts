import { scale, type ServerName } from './environment.ts';
import type { Slice } from './shape.ts';

/** What k6 hands over at the end, as far as it is used. */
interface Measured {
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** For LOAD_SUMMARY, a file, and the terminal otherwise: all figures, and how long each server was under load in each phase. */
export function report(scenario: string, slices: readonly Slice[], { metrics }: Measured): Record<string, string> {
  const seconds: Partial<Record<ServerName, Record<string, number>>> = {};
  for (const { server, phase, seconds: full } of slices) {
    const ofServer = (seconds[server] ??= {});
    ofServer[phase] = (ofServer[phase] ?? 0) + full * scale;
  }
  return { [__ENV['LOAD_SUMMARY'] ?? 'stdout']: JSON.stringify({ scenario, scale, seconds, metrics }, undefined, 1) };
}
