import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { durableJobOf, type DurableJobOptions } from './durable-job.decorator';
import type { RunningJob } from './running-job';

export interface RegisteredJob extends DurableJobOptions {
  run(job: RunningJob): Promise<unknown>;
}

/** Knows every method that works on jobs. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private readonly jobs = new Map<string, RegisteredJob>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error (a programming error) for two methods of one kind, or one on a provider that is no singleton */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders()) {
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null) continue;
      const prototype = Object.getPrototypeOf(instance) as object | null;
      if (!prototype) continue;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const options = durableJobOf(prototype, name);
        if (options) this.add(options, instance, name, wrapper.isDependencyTreeStatic());
      }
    }
  }

  all(): RegisteredJob[] {
    return [...this.jobs.values()];
  }

  find(kind: string): RegisteredJob | undefined {
    return this.jobs.get(kind);
  }

  private add(options: DurableJobOptions, instance: object, name: string, isSingleton: boolean): void {
    const { kind } = options;
    const known = this.jobs.get(kind);
    if (known) throw new Error(`Two methods work on jobs of the kind ${kind}`);
    if (!isSingleton) throw new Error(`The job ${kind} is on a provider that is no singleton`);
    // Looked up when it runs: other decorators replace methods on the instance.
    const methods = instance as Record<string, (job: RunningJob) => Promise<unknown>>;
    this.jobs.set(kind, { ...options, run: (job) => methods[name]?.(job) ?? Promise.resolve() });
  }
}
