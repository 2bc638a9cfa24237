import { AuthConfig } from './auth.config';
import { Passwords } from './password';

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
});
