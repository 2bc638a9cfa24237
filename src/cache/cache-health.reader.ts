import { Inject, Injectable } from '@nestjs/common';
import { CACHE_STORE } from './cache-store.token';
import type { CacheStore, StoreStatus } from './store';

/** How the cache is, for the health room. Never fails the instance: without its cache it is slow, not wrong. */
@Injectable()
export class CacheHealthReader {
  constructor(@Inject(CACHE_STORE) private readonly store: CacheStore) {}

  /** Asks nobody: what the last commands have shown. */
  cacheHealth(): StoreStatus {
    return this.store.status();
  }
}
