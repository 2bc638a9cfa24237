import type { Connector } from '../../../../src/marketplace/connector';
import { manifestOf } from '../manifest';

export const connector: Connector = {
  manifest: manifestOf('parked', { status: 'INACTIVE', capabilities: ['compliance'] }),
  test: () => Promise.resolve([]),
};
