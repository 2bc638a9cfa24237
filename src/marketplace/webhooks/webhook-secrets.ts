/** How long a receiver may still know the secret that was replaced. */
export const OVERLAP_HOURS = 24;

/** The secret that was replaced, with the instant until which messages are signed with it as well. */
export function replacedSecret(secret: string, now: Date): { readonly text: string; readonly until: Date } {
  const until = new Date(now.getTime() + OVERLAP_HOURS * 3_600_000);
  return { text: `${until.toISOString()} ${secret}`, until };
}

/** What a message is signed with: the secret, and while it lasts the one before. */
export function signingSecrets(
  { secret, previousSecret }: Readonly<Record<string, unknown>>,
  now: Date,
): readonly string[] {
  const [until = '', previous] = typeof previousSecret === 'string' ? previousSecret.split(' ') : [];
  const isKnown = previous !== undefined && Date.parse(until) > now.getTime();
  return [...(typeof secret === 'string' ? [secret] : []), ...(isKnown ? [previous] : [])];
}
