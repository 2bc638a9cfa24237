import type { FastifyRequest } from 'fastify';
import { refusalOf } from './strict-request';

const request = (headers: object, url = '/', httpVersion = '1.1'): FastifyRequest =>
  ({ headers, raw: { url, httpVersion } }) as unknown as FastifyRequest;
const host = 'risk.example';

describe('a request', () => {
  it.each([
    [request({ host })],
    [request({ host: '' })],
    [request({}, '/', '1.0')],
    [request({ host, 'transfer-encoding': 'Chunked' })],
    [request({ host, expect: '100-Continue' })],
    [request({ host }, '/a?q=%C3%A4%20%26')],
  ])('that is clear passes: %#', (clear) => {
    expect(refusalOf(clear)).toBeUndefined();
  });

  it.each([
    [request({}), 400],
    [request({ host: 'a, b' }), 400],
    [request({ host, 'transfer-encoding': 'gzip, chunked' }), 400],
    [request({ host, 'transfer-encoding': 'identity' }), 400],
    [request({ host, expect: '200-maybe' }), 417],
    [request({ host }, '/a?q=%ff'), 400],
    [request({ host }, '/a?q=%'), 400],
    [request({ host }, '/a?%c3%28=1'), 400],
  ])('that can be read in two ways is refused: %#', (unclear, status) => {
    expect(refusalOf(unclear)).toMatchObject({ status });
  });
});
