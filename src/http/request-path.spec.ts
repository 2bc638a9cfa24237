import { requestPath } from './request-path';

describe('requestPath', () => {
  it.each([
    ['/a/b?c=/d', '/a/b'],
    ['/a#b?c', '/a'],
    ['/a', '/a'],
    ['http://evil.example/a?b', '/a'],
    ['HTTPS://user@evil.example:1/a', '/a'],
    ['http://evil.example', ''],
    ['//evil.example/a', '//evil.example/a'],
    ['/http://x/a', '/http://x/a'],
    ['*', '*'],
  ])('of %s is %s', (target, path) => {
    expect(requestPath(target)).toBe(path);
  });
});
