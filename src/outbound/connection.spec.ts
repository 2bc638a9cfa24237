import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../test/support/certificate';
import { openListener } from '../../test/support/listener';
import { loopback, openOutbound } from '../../test/support/outbound';
import { openSource, status } from '../../test/support/source-server';
import { until } from '../../test/support/until';

const bounds = { deadlineMs: 20_000, maxBytes: 1_000 };

describe('a connection with TLS', () => {
  it('is not made with a certificate that nobody has signed', async () => {
    const certificate = selfSigned('localhost');
    if (!certificate) {
      console.log('There is no openssl here: not tried.');
      return;
    }
    let asked = 0;
    const server = createServer(certificate, (_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await expect(openOutbound(loopback).client.request(url, bounds)).rejects.toMatchObject({ reason: 'bad-tls' });
    expect(asked).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is not made with a server that does not speak it', async () => {
    const source = await openSource(status(200));
    const url = source.url.replace('http:', 'https:');
    await expect(openOutbound(loopback).client.request(url, bounds)).rejects.toMatchObject({ reason: 'bad-tls' });
    expect(source.asked).toEqual([]);
    await source.close();
  });

  it('is given up when the other side says nothing, and its socket is closed', async () => {
    let closed = 0;
    const silent = await openListener('127.0.0.1', 0, (socket) => {
      socket.resume().once('close', () => (closed += 1));
    });
    const { client } = openOutbound({ ...loopback, OUTBOUND_CONNECT_TIMEOUT_MS: '1000' });
    const asked = client.request(`https://127.0.0.1:${silent.port}/`, bounds);
    await expect(asked).rejects.toMatchObject({ reason: 'unreachable' });
    await until(() => closed === 1, 10_000);
    await silent.close();
  });
});

describe('a name that DNS says nothing of', () => {
  it('is given up', async () => {
    const { client } = openOutbound({ OUTBOUND_DNS_SERVERS: '127.0.0.1:9', OUTBOUND_CONNECT_TIMEOUT_MS: '200' });
    await expect(client.request('http://silent.test/', bounds)).rejects.toMatchObject({ reason: 'unreachable' });
  });
});
