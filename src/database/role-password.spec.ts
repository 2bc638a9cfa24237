import { rolePassword, scramVerifier } from './role-password';

const secret = 'a secret that is long enough for a test';

describe('rolePassword', () => {
  it('is the same wherever the secret is the same, and different for every role and secret', () => {
    expect(rolePassword(secret, 'app')).toBe(rolePassword(secret, 'app'));
    expect(rolePassword(secret, 'app')).not.toBe(rolePassword(secret, 'owner'));
    expect(rolePassword(secret, 'app')).not.toBe(rolePassword(`${secret}!`, 'app'));
    expect(rolePassword(secret, 'app')).toMatch(/^[\w-]{43}$/);
  });
});

describe('scramVerifier', () => {
  it('has the form in which Postgres stores passwords, and does not contain the password', () => {
    expect(scramVerifier(secret, 'app')).toMatch(/^SCRAM-SHA-256\$4096:[\w+/=]{24}\$[\w+/=]{44}:[\w+/=]{44}$/);
    expect(scramVerifier(secret, 'app')).not.toContain(rolePassword(secret, 'app'));
  });
});
