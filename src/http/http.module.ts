import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { SecretConfig } from '../config/secret.config';
import { CursorCodec } from './cursor';
import { DeclaredInputInterceptor } from './declared-input.interceptor';
import { Draining } from './draining';
import { HttpConfig } from './http.config';

@Global()
@Module({
  providers: [
    provideConfig(HttpConfig),
    provideConfig(SecretConfig),
    CursorCodec,
    Draining,
    { provide: APP_INTERCEPTOR, useClass: DeclaredInputInterceptor },
  ],
  exports: [HttpConfig, SecretConfig, CursorCodec, Draining],
})
export class HttpModule {}
