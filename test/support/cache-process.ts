import { instanceHere } from './cache-instance';

export type ToProcess =
  | { readonly do: 'read' | 'evict'; readonly call: number; readonly id: string }
  | { readonly do: 'loaded'; readonly call: number; readonly value: unknown };

export type FromProcess =
  | { readonly tell: 'ready' }
  | { readonly tell: 'load'; readonly call: number }
  | { readonly tell: 'answer'; readonly call: number; readonly value: unknown };

async function run(settings: Record<string, string>): Promise<void> {
  const instance = await instanceHere(settings);
  const loading = new Map<number, (value: unknown) => void>();
  const tell = (message: FromProcess): void => void process.send?.(message);

  const loadByParent = (call: number): Promise<unknown> =>
    new Promise((resolve) => {
      loading.set(call, resolve);
      tell({ tell: 'load', call });
    });
  const obey = async (order: ToProcess): Promise<void> => {
    const { call } = order;
    if (order.do === 'loaded') loading.get(call)?.(order.value);
    else if (order.do === 'evict') tell({ tell: 'answer', call, value: await instance.evict(order.id) });
    else tell({ tell: 'answer', call, value: await instance.read(order.id, () => loadByParent(call)) });
  };
  process.on('message', (order: ToProcess) => void obey(order));
  process.on('disconnect', () => void instance.close());
  tell({ tell: 'ready' });
}

// Only when it was started, not when its types are imported.
if (require.main === module) void run(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>);
