import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log';
import { Cache } from '../cache/cache';
import { NAMED_CACHES } from '../cache/cache-names';
import { UnusablePattern } from '../cache/eviction';
import { readPattern, readTag } from '../cache/readable-tag';
import type { Tag } from '../cache/tag';
import { Database } from '../database/database';
import type { FieldProblem } from '../errors/domain-error';
import { UnprocessableBody } from '../errors/http.errors';
import type { EvictRequest, EvictResponse } from './cache-admin.dto';

@Injectable()
export class CacheAdminService {
  constructor(
    private readonly cache: Cache,
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /** @throws UnprocessableBody 422 when nothing is named, or something that could never be there */
  async evict({ tags = [], keys = [], patterns = [], caches = [] }: EvictRequest): Promise<EvictResponse> {
    const problems: FieldProblem[] = [];
    const read = (field: string, texts: readonly string[], reader: (text: string) => Tag): Tag[] =>
      texts.flatMap((text, index) => {
        try {
          return reader(text);
        } catch (error) {
          if (!(error instanceof UnusablePattern)) throw error;
          problems.push({ pointer: `/${field}/${index}`, code: 'pattern', message: error.reason });
          return [];
        }
      });
    const targets = {
      tags: [
        ...read('tags', tags, readTag),
        ...read('keys', keys, readTag),
        ...read('patterns', patterns, readPattern),
      ],
      allEntries: caches,
    };
    if (problems.length > 0)
      throw new UnprocessableBody('Something that is to be evicted can be in no cache.', problems);
    const evicted = [
      ...tags,
      ...keys,
      ...patterns,
      ...caches.map((cache) => [...NAMED_CACHES[cache].path, '*'].join(':')),
    ];
    if (evicted.length === 0) throw new UnprocessableBody('Nothing is named that could be evicted.');

    const { status } = await this.cache.evict(targets);
    // Afterwards, since what came of it belongs into the entry.
    const entry = { action: 'cache.evict', resource: 'cache', details: { status, evicted } };
    await this.database.transaction((tx) => this.audit.record(tx, entry));
    return { status, evicted };
  }
}
