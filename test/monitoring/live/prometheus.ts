interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** Asks a Prometheus. */
export class Prometheus {
  constructor(private readonly url: string) {}

  /** @throws Error with Prometheus' own complaint */
  async query(expr: string): Promise<Result[]> {
    const body = new URLSearchParams({ query: expr });
    const answer = await fetch(`${this.url}/api/v1/query`, { method: 'POST', body });
    const { data, error } = (await answer.json()) as { data?: { result: Result[] }; error?: string };
    if (!data) throw new Error(`${expr}: ${error ?? answer.status}`);
    return data.result;
  }

  /** Names of the alerts that fire now, told or not. */
  async firing(): Promise<Set<string>> {
    const alerts = await this.query('count by (alertname) (ALERTS{alertstate="firing"})');
    return new Set(alerts.map(({ metric }) => metric['alertname'] ?? ''));
  }

  /** Whether every target that it has was scraped. */
  async seesAll(): Promise<boolean> {
    const [ups, downs] = await Promise.all([this.query('count(up)'), this.query('count(up == 0)')]);
    return ups.length > 0 && Number(ups[0]?.value[1]) >= 5 && downs.length === 0;
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
