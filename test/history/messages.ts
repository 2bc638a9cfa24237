/** To an application of the history. */
export interface Order {
  readonly do: 'start' | 'stop' | 'read all' | 'kill yourself at the next commit' | 'hold the next commit';
}

/** From it. `served`: whether it serves from Redis; told at each change. */
export type Report =
  | { readonly tell: 'ready' | 'stopped' | 'all read' | 'holding a commit' }
  | { readonly tell: 'served'; readonly served: boolean };

export interface ApplicationOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly place: number;
  readonly seed: number;
  readonly plant?: string;
}
