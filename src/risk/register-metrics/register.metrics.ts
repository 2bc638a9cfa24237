import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { REGISTER_FIGURES } from './register-figures';
import { RegisterSweep } from './register-sweep';

/** prom-client's registry is one per process, applications are not: the one that was started last is asked. */
const running = new Set<RegisterSweep>();

export const registerMetricProviders = REGISTER_FIGURES.map((figure) =>
  makeGaugeProvider({
    name: figure.name,
    help: figure.help,
    labelNames: Object.keys(figure.labels),
    async collect() {
      const register = await [...running].at(-1)?.current();
      this.reset();
      // Without labels, a gauge that was reset says 0.
      if (Object.keys(figure.labels).length === 0) this.remove();
      for (const { labels, count } of register?.get(figure) ?? []) this.set(labels, count);
    },
  }),
);

/** What the registers hold, as numbers of the installation: docs/adr/0015. */
@Injectable()
export class RegisterMetrics implements OnApplicationShutdown {
  constructor(private readonly sweep: RegisterSweep) {
    running.add(sweep);
  }

  onApplicationShutdown(): void {
    running.delete(this.sweep);
  }
}
