import { Global, Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { SecretConfig } from '../config/secret.config';
import { KeyRing } from './key-ring';
import { KeyRingConfig } from './key-ring.config';
import { SecretBox } from './secret-box';

@Global()
@Module({
  providers: [provideConfig(SecretConfig), provideConfig(KeyRingConfig), KeyRing, SecretBox],
  exports: [SecretBox],
})
export class SecretsModule {}
