/** What is wrong, the bytes, and the status they must get. `TOKEN` stands for a valid access token. */
export type SocketCase = readonly [what: string, request: string, status: number];

const me = 'GET /api/v1/auth/me HTTP/1.1\r\n';
const host = 'Host: risk.example\r\nConnection: close\r\n';
const login = `POST /api/v1/auth/login HTTP/1.1\r\n${host}Content-Type: application/json\r\n`;
const smuggled = 'GET /api/v1/rbac/permissions/matrix HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n\r\n';

export const rawRequests: readonly SocketCase[] = [
  ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['noise', '\0\x01\x02\x03\r\n\r\n', 400],
  ['HTTP/3.7', `GET /api/v1/auth/me HTTP/3.7\r\n${host}\r\n`, 400],
  ['a method in lower case', `get /api/v1/auth/me HTTP/1.1\r\n${host}\r\n`, 400],
  ['an unknown method', `BREW /api/v1/auth/me HTTP/1.1\r\n${host}\r\n`, 400],
  ['a line break of one letter', 'GET /api/v1/auth/me HTTP/1.1\nHost: x\n\n', 400],
  ['NUL in the path', `GET /api/v1/auth/me\0 HTTP/1.1\r\n${host}\r\n`, 400],
  ['raw bytes in the path', `GET /api/v1/auth/m\xc3\xa9 HTTP/1.1\r\n${host}\r\n`, 400],
  ['a blank in the path', `GET /api/v1/auth/ me HTTP/1.1\r\n${host}\r\n`, 400],
  ['no Host', `${me}Connection: close\r\n\r\n`, 400],
  ['two Hosts', `${me}Host: a\r\nHost: b\r\nConnection: close\r\n\r\n`, 400],
  ['a header over two lines', `${me}${host}X-A: a\r\n b\r\n\r\n`, 400],
  ['a blank before the colon', `${me}${host}X-A : a\r\n\r\n`, 400],
  ['NUL in a header', `${me}${host}X-A: a\0b\r\n\r\n`, 400],
  ['a header without a colon', `${me}${host}X-A\r\n\r\n`, 400],
  ['a header of 100 KB', `${me}${host}X-A: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
  ['10,000 headers', `${me}${host}${'A: b\r\n'.repeat(10_000)}\r\n`, 431],
  ['a path of 100 KB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${host}\r\n`, 431],
  ['an expectation', `${me}${host}Expect: miracles\r\n\r\n`, 417],
  ['two credentials', `${me}${host}Authorization: Bearer x\r\nAuthorization: Bearer TOKEN\r\n\r\n`, 401],
  [
    'two credentials, the good one first',
    `${me}${host}Authorization: Bearer TOKEN\r\nAuthorization: Bearer x\r\n\r\n`,
    401,
  ],
  ['an upgrade to a web socket', `${me}Host: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`, 401],
  ['two Content-Types', `${login}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`, 415],
  ['a negative length', `${login}Content-Length: -1\r\n\r\n{}`, 400],
  ['a length that overflows', `${login}Content-Length: 99999999999999999999\r\n\r\n{}`, 400],
  ['a length with a sign', `${login}Content-Length: +2\r\n\r\n{}`, 400],
  ['a hexadecimal length', `${login}Content-Length: 0x2\r\n\r\n{}`, 400],
  ['10 GB announced', `${login}Content-Length: 10737418240\r\n\r\n{}`, 413],
  [
    'too short a length: the rest is no request',
    `${login.replace('close', 'keep-alive')}Content-Length: 2\r\n\r\n{}garbage`,
    400,
  ],
  ['two lengths', `${login}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `, 400],
  [
    'length and chunks (CL.TE)',
    `${login}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    400,
  ],
  [
    'chunks and length (TE.CL)',
    `${login}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\n${smuggled}0\r\n\r\n`,
    400,
  ],
  [
    'two codings (TE.TE)',
    `${login}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
    400,
  ],
  ['a coding after a tab', `${login}Transfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\n${smuggled}`, 400],
  ['an obscured coding', `${login}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`, 400],
  ['gzip as a coding', `${login}Transfer-Encoding: gzip\r\n\r\n{}`, 400],
  ['gzip and chunks', `${login}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 400],
  ['chunks of letters', `${login}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`, 400],
  ['a chunk of a negative size', `${login}Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n`, 400],
  [
    'a chunk whose size overflows',
    `${login}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n`,
    400,
  ],
  ['a chunk that is longer than it says', `${login}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`, 400],
  [
    'a chunk with 20 KB of extensions',
    `${login}Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    413,
  ],
  ['a URL that cannot be decoded', `GET /api/v1/%zz HTTP/1.1\r\n${host}\r\n`, 400],
  ['a path that climbs', `GET /api/v1/../../etc/passwd HTTP/1.1\r\n${host}\r\n`, 404],
  ['a path that climbs out of the documentation', `GET /docs/..%2f..%2f..%2fetc/passwd HTTP/1.1\r\n${host}\r\n`, 404],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 404],
  ['a fragment', `GET /api/v1/auth/me#x HTTP/1.1\r\n${host}\r\n`, 401],
  ['a proxy request to somebody else', `GET http://evil.example/api/v1/auth/me HTTP/1.1\r\n${host}\r\n`, 401],
  ['a tunnel to somebody else', `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n`, 404],
];

export const methodsThatNothingAnswers = ['CONNECT', 'TRACE', 'PUT', 'OPTIONS', 'PROPFIND', 'PURGE', 'LOCK', 'QUERY'];
