/** What the caches of the history promise. */
export type Mode = 'validated' | 'lease';
