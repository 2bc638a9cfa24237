import { AuthConfig } from './auth.config';
import { Passwords } from './password';

const password = 'trombone gravel 41 lantern';

describe('passwords', () => {
  const passwords = new Passwords(Object.assign(new AuthConfig(), { passwordConcurrency: 1, passwordQueue: 1 }));

  it('are verified however many new ones are hashed, and these are bounded', async () => {
    const stored = await passwords.hash('kestrel orbit 4711 lime');
    const flood = Array.from({ length: 60 }, (_, index) => passwords.hash(`flood ${index}`));
    const settled = Promise.allSettled(flood);
    expect(await passwords.matches(stored, 'kestrel orbit 4711 lime')).toBe(true);
    const refused = (await settled).filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThanOrEqual(30);
    expect(refused[0]?.reason).toMatchObject({ status: 503 });
  });

  it('match what they were hashed to, and nothing else does', async () => {
    const hash = await passwords.hash(password);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.matches(hash, password)).toBe(true);
    expect(await passwords.matches(hash, `${password} `)).toBe(false);
  });

  it('are compared in vain as long for an account that is not there, or has no password, as for one that is', async () => {
    const hash = await passwords.hash('something else');
    const leastMs = new Map<string | undefined, number>();
    // In turns, and the least of each: whatever else the machine does only adds to it.
    for (let round = 0; round < 5; round++) {
      for (const stored of [hash, undefined, 'none']) {
        const begin = performance.now();
        expect(await passwords.matches(stored, 'nobody has this password')).toBe(false);
        leastMs.set(stored, Math.min(leastMs.get(stored) ?? Infinity, performance.now() - begin));
      }
    }
    const known = leastMs.get(hash) ?? 0;
    for (const stored of [undefined, 'none']) expect(leastMs.get(stored)).toBeGreaterThan(known / 3);
  });
});
