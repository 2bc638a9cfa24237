/** What a scenario leaves behind: see k6/report.ts. */
export interface Measurement {
  readonly scenario: string;
  readonly scale: number;
  /** How long each server was under load, by phase. */
  readonly seconds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly metrics: Readonly<Record<string, Metric | undefined>>;
}

interface Metric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}
