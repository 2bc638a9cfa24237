import { hashOfSecret, isSameSecret, makeOpaqueToken, parseOpaqueToken } from './opaque-token';

const tenantId = '01890a5d-ac96-774b-bcce-000000000001';
const id = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('an opaque token', () => {
  it('says where it belongs, and its secret is never the same', () => {
    const { token, secretHash } = makeOpaqueToken('ork', tenantId, id);
    expect(token).toMatch(/^ork_01890a5dac96774bbcce00000000000101890a5dac96774bbcceb302099a8057_[\w-]{43}$/);
    expect(parseOpaqueToken('ork', token)).toEqual({ tenantId, id, secretHash });
    expect(makeOpaqueToken('ork', tenantId, id).token).not.toBe(token);
    expect(Buffer.from(token.slice(-43), 'base64url')).toHaveLength(32);
    expect(secretHash).toEqual(hashOfSecret(token.slice(-43)));
  });

  const good = makeOpaqueToken('orr', tenantId, id).token;
  it.each([
    ['another kind', good.replace('orr', 'ork')],
    ['an unknown kind', good.replace('orr', 'orx')],
    ['no secret', good.slice(0, -43)],
    ['a secret that is cut', good.slice(0, -1)],
    ['a longer secret', `${good}a`],
    ['text before it', ` ${good}`],
    ['text behind it', `${good}\n`],
    ['capital letters in its ids', good.replace('dac', 'DAC')],
    ['letters that are no base64url', `${good.slice(0, -1)}=`],
    ['nothing', ''],
  ])('is not recognised with %s', (_what, token) => {
    expect(parseOpaqueToken('orr', token)).toBeUndefined();
  });

  it('has a secret that is the same or not', () => {
    expect(isSameSecret(hashOfSecret('a'), hashOfSecret('a'))).toBe(true);
    expect(isSameSecret(hashOfSecret('a'), hashOfSecret('b'))).toBe(false);
    expect(isSameSecret(hashOfSecret('a'), Buffer.alloc(0))).toBe(false);
  });
});
