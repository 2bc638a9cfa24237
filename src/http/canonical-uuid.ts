/** How ids are written: one spelling only, so that one thing has one URL and one cache key. */
export const CANONICAL_UUID = {
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  message: 'must be a UUID in its canonical, lower-case form',
} as const;
