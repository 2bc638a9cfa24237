import { Global, Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { SecretConfig } from '../config/secret.config';
import { CursorCodec } from './cursor';
import { HttpConfig } from './http.config';

@Global()
@Module({
  providers: [provideConfig(HttpConfig), provideConfig(SecretConfig), CursorCodec],
  exports: [HttpConfig, SecretConfig, CursorCodec],
})
export class HttpModule {}
