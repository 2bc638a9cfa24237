export const MITIGATION_LIMITS = {
  title: 255,
  cost: 3,
  durationDays: 36_500,
  /** Of one mitigation; a change of their order writes all of them. */
  subActions: 100,
} as const;
