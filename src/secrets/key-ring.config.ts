import { SecretConfig } from '../config/secret.config';
import { Env } from '../config/env.decorator';
import { readConfig } from '../config/read-config';

/** The installation's other secrets: keys that still open what was sealed with them, and seal nothing. */
export class KeyRingConfig {
  @Env('OPENRISK_PREVIOUS_SECRETS', {
    about:
      'Former values of OPENRISK_SECRET: what they sealed can still be opened, until `npm run secrets:rotate` has sealed it anew.',
    kind: 'text',
    unit: 'separated by commas',
    secret: true,
  })
  readonly previousSecrets: string = '';

  problems(): string[] {
    try {
      this.previous();
      return [];
    } catch {
      return ['OPENRISK_PREVIOUS_SECRETS must name secrets that OPENRISK_SECRET could be, separated by commas'];
    }
  }

  /** @throws InvalidConfiguration when one of them never was a secret of an installation */
  previous(): SecretConfig[] {
    const texts = this.previousSecrets.split(',').map((text) => text.trim());
    return texts.filter((text) => text !== '').map((text) => readConfig(SecretConfig, { OPENRISK_SECRET: text }));
  }
}
