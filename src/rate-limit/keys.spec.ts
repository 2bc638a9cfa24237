import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { accountKey } from './account-key';
import { addressKey } from './address-key';

describe('the key of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:51234', '192.0.2.7'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.33', '1:2:3:4::/64'],
    ['unknown', 'unknown'],
    ['', 'unknown'],
    ['999.1.1.1', 'unknown'],
    ['_hidden', 'unknown'],
  ])('of %j is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it('is the same for all of one /64, however it is written, and another one for the next', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(
        fc.tuple(group, group, group, group),
        fc.array(group, { minLength: 4, maxLength: 4 }),
        (network, host) => {
          const full = [...network, ...host].map((part) => part.toString(16).padStart(4, '0')).join(':');
          const short = new URL(`http://[${full}]`).hostname.slice(1, -1);
          expect(isIP(short)).toBe(6);
          const key = `${network.map((part) => part.toString(16)).join(':')}::/64`;
          expect([addressKey(full), addressKey(short)]).toEqual([key, key]);
        },
      ),
    );
  });
});

describe('the key of an account', () => {
  const secret = Buffer.alloc(32, 7);

  it('tells nothing of the e-mail, and is another one with another secret', () => {
    const key = accountKey(secret, 'ana@acme.test');
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(accountKey(Buffer.alloc(32, 8), 'ana@acme.test')).not.toBe(key);
    expect(accountKey(secret, 'ann@acme.test')).not.toBe(key);
  });
});
