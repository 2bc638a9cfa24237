import { isAbsolute } from 'node:path';
import { Env } from '../config/env.decorator';

export class MarketplaceConfig {
  @Env('MARKETPLACE_CONNECTORS_DIR', {
    about:
      'A folder with connectors of your own, each one a folder with an index.js, besides those that ship. Their code runs in this process.',
    kind: 'text',
    unit: 'absolute path',
  })
  readonly connectorsDir?: string;

  problems(): string[] {
    const isUsable = this.connectorsDir === undefined || isAbsolute(this.connectorsDir);
    return isUsable ? [] : ['MARKETPLACE_CONNECTORS_DIR must be an absolute path'];
  }
}
