import type { FastifyRequest } from 'fastify';
import { DomainError } from '../errors/domain-error';
import { BadRequest } from '../errors/http.errors';

class ExpectationFailed extends DomainError {
  readonly status = 417;
  readonly code = 'request.expectation-failed';
}

/**
 * Refuses what two servers on the way may read in two ways: a host that is missing or named twice, a transfer coding
 * other than chunked, a query that is not UTF-8, an expectation that nobody meets.
 *
 * @returns what the client is told, undefined when the request is clear
 */
export function refusalOf({ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>): DomainError | undefined {
  const { host, expect } = headers;
  if (raw.httpVersion === '1.1' && (host === undefined || host.includes(','))) {
    return new BadRequest('The request must have one Host header.');
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return new BadRequest('The only Transfer-Encoding that is understood is chunked.');
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    return new ExpectationFailed('The only Expect that is understood is 100-continue.');
  }
  return isDecodable(raw.url ?? '') ? undefined : new BadRequest('The query of the URL is not valid.');
}

function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url.slice(url.indexOf('?') + 1));
    return true;
  } catch {
    return false;
  }
}
