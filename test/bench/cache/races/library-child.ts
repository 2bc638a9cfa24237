import { LIBRARIES } from '../libraries/all-libraries';
import type { StoreKind } from '../libraries/library';

/** How a library is told of a write: by the tag of what was written, or by its key. */
export type EvictsBy = 'tag' | 'key';

export interface ChildOptions {
  readonly library: string;
  readonly kind: StoreKind;
  readonly by: EvictsBy;
  readonly redisUrl: string;
}

export type ToChild =
  | { readonly do: 'read' | 'evict'; readonly call: number; readonly key: string }
  | { readonly do: 'loaded'; readonly call: number; readonly value: unknown };

export type FromChild =
  | { readonly tell: 'ready' }
  | { readonly tell: 'load'; readonly call: number }
  | { readonly tell: 'answer'; readonly call: number; readonly value: unknown }
  | { readonly tell: 'failed'; readonly call: number; readonly message: string };

async function run({ library, kind, by, redisUrl }: ChildOptions): Promise<void> {
  process.on('disconnect', () => process.exit());
  const opened = await LIBRARIES.find(({ name }) => name === library)?.open(kind, redisUrl);
  if (!opened) throw new Error(`There is no library ${library}`);
  const loading = new Map<number, (value: unknown) => void>();
  const tell = (message: FromChild): void => void process.send?.(message);

  const loadByParent = (call: number): Promise<unknown> =>
    new Promise((resolve) => {
      loading.set(call, resolve);
      tell({ tell: 'load', call });
    });
  const obey = async (order: ToChild): Promise<unknown> => {
    const { call } = order;
    if (order.do === 'loaded') return loading.get(call)?.(order.value);
    // Each key is under a tag of its own.
    const tag = by === 'tag' ? `of ${order.key}` : undefined;
    if (order.do === 'read') return opened.read(order.key, () => loadByParent(call), tag);
    return tag === undefined ? opened.evictKey(order.key) : opened.evictTag?.(tag);
  };
  process.on('message', (order: ToChild) => {
    obey(order).then(
      (value) =>
        order.do === 'loaded' ||
        tell({ tell: 'answer', call: order.call, value: order.do === 'read' ? value : undefined }),
      (error: unknown) => tell({ tell: 'failed', call: order.call, message: String(error) }),
    );
  });
  tell({ tell: 'ready' });
}

// Only when it was started, not when its types are imported.
if (require.main === module) {
  run(JSON.parse(process.argv[2] ?? '{}') as ChildOptions).catch((error: unknown) => {
    process.send?.({ tell: 'failed', call: 0, message: String(error) } satisfies FromChild);
  });
}
