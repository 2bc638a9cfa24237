import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE_NAMES, NAMED_CACHES } from '../../src/cache/cache-names';
import type { Tag } from '../../src/cache/tag';
import type { TagFamily } from '../../src/cache/tag-list';

const src = join(__dirname, '..', '..', 'src');
const PROBE = '00000000-0000-0000-0000-000000000000';

interface Named {
  /** `RiskTags.one` */
  readonly name: string;
  readonly tag: Tag | TagFamily;
}

/** Knows tags by the constants that spell them: everything called `...Tags` that a `*.cache.ts` exports. */
export class TagNames {
  private constructor(private readonly named: readonly Named[]) {}

  static async read(): Promise<TagNames> {
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.cache.ts'));
    const modules = await Promise.all(files.map((path) => import(join(src, path)) as Promise<Record<string, unknown>>));
    const constants = modules.flatMap((exported) => Object.entries(exported).filter(([name]) => name.endsWith('Tags')));
    return new TagNames(
      constants.flatMap(([room, tags]) =>
        Object.entries(tags as Record<string, Tag | TagFamily>).map(([name, tag]) => ({
          name: `${room}.${name}`,
          tag,
        })),
      ),
    );
  }

  /** As it is written in the source: `RiskTags.one(id)`. */
  ofTag(tag: Tag | TagFamily): string {
    if (typeof tag !== 'function') return this.ofPath(tag.path) ?? `the unnamed tag ${tag.path}`;
    const known = this.named.find((one) => one.tag === tag);
    return known ? `${known.name}(id)` : `the unnamed tags ${tag(PROBE).path}`;
  }

  /** Undefined for what no constant names, such as the key of a list. */
  ofPath(path: string): string | undefined {
    const known = this.named.find(({ tag }) => (typeof tag === 'function' ? isOf(tag, path) : tag.path === path));
    if (known) return typeof known.tag === 'function' ? `${known.name}(id)` : known.name;
    const cache = CACHE_NAMES.find((name) => NAMED_CACHES[name].path.join(':') === path);
    return cache && this.ofCache(cache);
  }

  ofCache(cache: string): string {
    return `all of ${cache}`;
  }

  /** @param cell of generations, `g:tenant:<id>:<path>` */
  ofCell(cell: string): string | undefined {
    const [, path] = /^g:(?:shared|tenant:[^:]+):(.+)$/.exec(cell) ?? [];
    return path === undefined ? undefined : this.ofPath(path);
  }
}

function isOf(family: TagFamily, path: string): boolean {
  const [segments, pattern] = [path.split(':'), family(PROBE).path.split(':')];
  const isSame = (part: string, index: number): boolean =>
    part === PROBE
      ? /^[\da-f-]{36}$/.test(segments[index] ?? '')
      : // A place that several of the family share.
        (/^\d+$/.test(part) && /^\d+$/.test(segments[index] ?? '')) || part === segments[index];
  return segments.length === pattern.length && pattern.every(isSame);
}
