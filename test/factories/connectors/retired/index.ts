import type { Connector } from '../../../../src/marketplace/connector';
import { manifestOf } from '../manifest';

export const connector: Connector = {
  manifest: manifestOf('retired', { status: 'DEPRECATED', capabilities: ['compliance'] }),
  test: () => Promise.resolve([]),
};
