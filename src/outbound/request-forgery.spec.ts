import { openDns, type DnsServer } from '../../test/support/dns-server';
import { openListener, type Listener } from '../../test/support/listener';
import { openOutbound } from '../../test/support/outbound';
import { parseAllowedAddresses } from './allowed-address';
import { mayConnect } from './address-rules';

const bounds = { deadlineMs: 20_000, maxBytes: 1_000 };

describe('a listener of our own', () => {
  let listener: Listener;
  let dns: DnsServer;
  const answers: Readonly<Record<string, readonly string[]>> = {
    'private.test': ['127.0.0.1'],
    'mixed.test': ['93.184.215.14', '127.0.0.1'],
    'mixed-six.test': ['93.184.215.14', '0:0:0:0:0:0:0:1'],
    'mapped.test': ['0:0:0:0:0:ffff:7f00:1'],
    'nat64.test': ['64:ff9b:0:0:0:0:7f00:1'],
  };
  beforeAll(async () => {
    listener = await openListener();
    dns = await openDns((name) => answers[name.toLowerCase()] ?? []);
  });
  afterAll(async () => {
    dns.close();
    await listener.close();
  });

  it.each([
    ...[
      '127.0.0.1',
      '127.1',
      '127.0.1',
      '2130706433',
      '017700000001',
      '0177.0.0.1',
      '0x7f000001',
      '0x7f.0.0.1',
      '0x7f.1',
    ],
    ...['127.0.0.1.', '127.0.0.01', '①②⑦.⓪.⓪.①', '１２７.０.０.１', '127。0。0。1', '%31%32%37.0.0.1', '0', '0.0.0.0'],
    ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::7f00:1]'],
    ...['[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[::ffff:0:127.0.0.1]', '[fe80::1%25lo]'],
    ...['localhost', 'LOCALHOST.', 'x.localhost', 'private.test', 'PRIVATE.test.', 'mixed.test', 'mixed-six.test'],
    ...['mapped.test', 'nat64.test', 'nobody.test', 'x@127.0.0.1', '127.0.0.1\\@example.org'],
  ])('is not reached as %s', async (host) => {
    const { client } = openOutbound({ OUTBOUND_DNS_SERVERS: dns.address });
    for (const scheme of ['http', 'https']) {
      const asked = client.request(`${scheme}://${host}:${listener.port}/`, bounds);
      await expect(asked).rejects.toMatchObject({
        reason: expect.stringMatching(/^(refused-address|bad-url|unreachable)$/),
      });
    }
    expect(listener.connections()).toBe(0);
  });

  it.each(['127.0.0.1', '0x7f.1', 'private.test'])('would be reached as %s, if it were allowed', async (host) => {
    const other = await openListener();
    const allowed = { OUTBOUND_ALLOWED_ADDRESSES: `127.0.0.1:${other.port}`, OUTBOUND_DNS_SERVERS: dns.address };
    const asked = openOutbound(allowed).client.request(`http://${host}:${other.port}/`, bounds);
    await expect(asked).rejects.toMatchObject({ reason: 'unreachable' });
    expect(other.connections()).toBe(1);
    await other.close();
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'http://', '//127.0.0.1', 'http://a:b@c/'])(
    'nor anything else: %s',
    async (url) => {
      await expect(openOutbound().client.request(url, bounds)).rejects.toMatchObject({ reason: 'bad-url' });
    },
  );
});

describe('a name that changes its address after it was checked', () => {
  it('is not asked for again: the connection goes to what was checked', async () => {
    const first = await openListener('127.0.0.1');
    const second = await openListener('127.0.0.2', first.port);
    const dns = await openDns((_name, times) => (times === 0 ? ['127.0.0.1'] : ['127.0.0.2']));
    const { client } = openOutbound({
      OUTBOUND_ALLOWED_ADDRESSES: `127.0.0.1:${first.port}`,
      OUTBOUND_DNS_SERVERS: dns.address,
    });
    const url = `http://rebinding.test:${first.port}/`;
    await expect(client.request(url, bounds)).rejects.toMatchObject({ reason: 'unreachable' });
    expect([first.connections(), second.connections(), dns.asked.get('rebinding.test')]).toEqual([1, 0, 2]);
    await expect(client.request(url, bounds)).rejects.toMatchObject({ reason: 'refused-address' });
    expect([first.connections(), second.connections()]).toEqual([1, 0]);
    dns.close();
    await Promise.all([first.close(), second.close()]);
  });
});

describe('an address', () => {
  const internet = { allowed: [], ofThisMachine: ['203.0.114.7'] };
  const everything = { allowed: parseAllowedAddresses('0.0.0.0/0, ::/0'), ofThisMachine: [] };

  it.each([
    ...['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'],
    ...[
      'fd20:ce::254',
      'fd00:42::42',
      'fe80::a9fe:a9fe',
      '::ffff:169.254.169.254',
      '::a9fe:a9fe',
      '64:ff9b::a9fe:a9fe',
    ],
    ...['64:ff9b:1::a9fe:a9fe', '2002:a9fe:a9fe::', '::ffff:0:a9fe:a9fe', '2001:0:a9fe:a9fe::1'],
  ])('where a cloud keeps credentials is never reached, whatever is allowed: %s', (address) => {
    expect(mayConnect(address, 80, everything)).toBe(false);
    expect(mayConnect(address, 80, internet)).toBe(false);
  });

  it.each([
    ...['10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', '0.0.0.0', '192.0.2.1', '198.18.0.1'],
    ...['203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '::1', 'fc00::1', 'fd12::1', 'ff02::1', '100::1'],
    ...['2001:db8::1', '3fff::1', '5f00::1', 'fec0::1', '4000::1', '203.0.114.7', 'fe80::1%eth0', 'example.org', ''],
  ])('that is not of the internet, or this machine’s, is not reached: %s', (address) => {
    expect(mayConnect(address, 443, internet)).toBe(false);
  });

  it.each(['93.184.215.14', '8.8.8.8', '203.0.114.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'])(
    'of the internet is reached, at ports of the web: %s',
    (address) => {
      for (const port of [80, 443, 8080, 8443]) expect(mayConnect(address, port, internet)).toBe(true);
      for (const port of [0, 22, 25, 5432, 6379, 11211]) expect(mayConnect(address, port, internet)).toBe(false);
    },
  );

  it('of the operator’s own is reached where they say so, and nowhere else', () => {
    const allowed = parseAllowedAddresses('10.1.0.0/16:8080, [fd12::7]:5432, 10.2.0.9, fd13::/16');
    const own = { allowed, ofThisMachine: [] };
    const reached = (address: string, port: number): boolean => mayConnect(address, port, own);
    expect([reached('10.1.2.3', 8080), reached('fd12::7', 5432), reached('10.2.0.9', 443)]).toEqual([true, true, true]);
    expect([reached('10.1.2.3', 80), reached('10.2.0.9', 5432), reached('10.2.0.8', 443)]).toEqual([
      false,
      false,
      false,
    ]);
    expect([reached('fd12::8', 5432), reached('fd13::8', 443)]).toEqual([false, true]);
  });

  it.each(['10.0.0.0/33', 'example.org', '10.0.0.1:0', '10.0.0.1:65536', '1.2.3', 'fe80::1%lo', '10.0.0.1/8/8'])(
    'in the settings has to be one: %s',
    (text) => {
      const start = (): unknown => openOutbound({ OUTBOUND_ALLOWED_ADDRESSES: text });
      expect(start).toThrow('OUTBOUND_ALLOWED_ADDRESSES must be a list');
    },
  );
});
