import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { ConfigClass } from './env.decorator';
import { readConfig, type Environment } from './read-config';

const ENVIRONMENT = Symbol('environment');

/** Makes one environment known to the whole application, so that two applications in one process can differ. */
@Module({})
export class ConfigModule {
  static forEnvironment(env: Environment): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: ENVIRONMENT, useValue: env }],
      exports: [ENVIRONMENT],
    };
  }
}

/** A provider for a config class, read from the application's environment. */
export function provideConfig(type: ConfigClass): Provider {
  return { provide: type, inject: [ENVIRONMENT], useFactory: (env: Environment) => readConfig(type, env) };
}
