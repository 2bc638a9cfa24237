import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { SecretConfig } from '../config/secret.config';
import { AccessTokens } from './access-token';
import { AuthConfig } from './auth.config';

const secret = Object.assign(new SecretConfig(), { secret: 'oeD3tZqv9Jr5yWnG1xKbU7cSfLhA2mPi' });
const config = Object.assign(new AuthConfig(), { accessTokenTtlSeconds: 600 });
const actor = {
  userId: '01890a5d-ac96-774b-bcce-000000000001',
  tenantId: '01890a5d-ac96-774b-bcce-000000000002',
  sessionId: '01890a5d-ac96-774b-bcce-000000000003',
};
const tokens = new AccessTokens(secret, config);

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const goodHeader = { alg: 'HS256', typ: 'at+jwt' };

function goodClaims(): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1000);
  const ids = { sub: actor.userId, tid: actor.tenantId, sid: actor.sessionId, jti: 'j' };
  return { ...ids, iss: 'openrisk', aud: 'openrisk', iat, exp: iat + 60 };
}

/** Signed with our own key, so that only what is changed can be the reason for a refusal. */
function signed(claims: object = {}, header: object = {}, hash = 'sha256'): string {
  const body = `${encode({ ...goodHeader, ...header })}.${encode({ ...goodClaims(), ...claims })}`;
  return `${body}.${createHmac(hash, secret.key('access-token')).update(body).digest('base64url')}`;
}

describe('an access token', () => {
  afterEach(() => jest.useRealTimers());

  it('says who it was issued for', () => {
    expect(tokens.actorOf(tokens.issue(actor).token)).toEqual(actor);
    expect(tokens.actorOf(signed())).toEqual(actor);
  });

  const past = Math.floor(Date.now() / 1000) - 10;
  it.each<[string, string]>([
    ['another audience', signed({ aud: 'elsewhere' })],
    ['no audience', signed({ aud: undefined })],
    ['another issuer', signed({ iss: 'elsewhere' })],
    ['no issuer', signed({ iss: undefined })],
    ['a life that is over', signed({ exp: past })],
    ['no end', signed({ exp: undefined })],
    ['an end that is text', signed({ exp: '9999999999' })],
    ['a beginning that has not come', signed({ nbf: past + 1000 })],
    ['no subject', signed({ sub: undefined })],
    ['no tenant', signed({ tid: undefined })],
    ['no id of its own', signed({ jti: undefined })],
    ['no session', signed({ sid: undefined })],
    ['the type of another kind of token', signed({}, { typ: 'JWT' })],
    ['no type', signed({}, { typ: undefined })],
    ['alg none', signed({}, { alg: 'none' }).replace(/[^.]+$/, '')],
    ['alg none, signed', signed({}, { alg: 'none' })],
    ['a longer hash', signed({}, { alg: 'HS512' }, 'sha512')],
    ['the public key trick', signed({}, { alg: 'RS256' })],
    ['no signature', signed().replace(/[^.]+$/, '')],
    ['a signature that is cut', signed().slice(0, -1)],
    ['another key', `${signed().replace(/[^.]+$/, '')}${Buffer.alloc(32).toString('base64url')}`],
    ['a fourth part', `${signed()}.e30`],
    ['no JSON', 'YQ.YQ.YQ'],
    ['nothing', ''],
  ])('is refused with %s', (_what, token) => {
    expect(() => tokens.actorOf(token)).toThrow(expect.objectContaining({ status: 401, code: 'auth.unauthenticated' }));
  });

  it('is refused when somebody else has signed it', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const body = `${encode({ alg: 'RS256', typ: 'at+jwt' })}.${encode(goodClaims())}`;
    const token = `${body}.${createSign('RSA-SHA256').update(body).sign(privateKey, 'base64url')}`;
    expect(() => tokens.actorOf(token)).toThrow('not valid');
    const other = new AccessTokens(Object.assign(new SecretConfig(), { secret: 'a'.repeat(40) }), config);
    expect(() => tokens.actorOf(other.issue(actor).token)).toThrow('not valid');
  });

  it('is refused the second time too', () => {
    const token = signed({ aud: 'elsewhere' });
    for (let time = 0; time < 3; time++) expect(() => tokens.actorOf(token)).toThrow('not valid');
  });

  it('ends when its time is over, however often it was taken before', () => {
    jest.useFakeTimers();
    const { token, expiresInSeconds } = tokens.issue(actor);
    expect(tokens.actorOf(token)).toEqual(actor);
    jest.advanceTimersByTime(expiresInSeconds * 1000 - 1000);
    expect(tokens.actorOf(token)).toEqual(actor);
    jest.advanceTimersByTime(1001);
    expect(() => tokens.actorOf(token)).toThrow('expired');
  });

  it('is not mixed up with one that begins alike', () => {
    const other = { ...actor, userId: '01890a5d-ac96-774b-bcce-000000000009' };
    const pair = [tokens.issue(actor).token, tokens.issue(other).token];
    for (let time = 0; time < 2; time++) expect(pair.map((token) => tokens.actorOf(token))).toEqual([actor, other]);
  });
});
