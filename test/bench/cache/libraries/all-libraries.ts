import { bentocache } from './bentocache';
import { cacheManager } from './cache-manager';
import { cacheable } from './cacheable';
import type { Library } from './library';
import { openrisk } from './openrisk';

/** Ours first: the others are compared with it. */
export const LIBRARIES: readonly Library[] = [openrisk, bentocache, cacheable, cacheManager];
