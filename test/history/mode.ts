/** What the caches of the history promise. */
export type Mode = 'validated' | 'lease';

/** What Redis is: one server, or three nodes of a Redis Cluster. */
export type Topology = 'single' | 'cluster';
