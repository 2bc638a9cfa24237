export interface OutboundRequest {
  /** Default: GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** For all of it: waiting for a turn, DNS, TLS, and the last byte of the answer. */
  readonly deadlineMs: number;
  /** Of the answer's body, decoded. */
  readonly maxBytes: number;
  /** What is thrown after it is its reason. */
  readonly signal?: AbortSignal;
  /** Default: any 2xx. Whatever is not accepted throws `status`; redirects are never followed and always throw. */
  readonly accept?: (status: number) => boolean;
}

/**
 * An answer whose status was accepted. Its body is to be read, or its iterator be returned, once: until then, or until
 * the deadline, the request counts as one of its tenant's.
 */
export interface OutboundAnswer {
  readonly status: number;
  /** Names in small letters; what came more than once is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded (gzip, deflate, br). @throws OutboundFailure too-large, too-slow, unreachable, bad-answer */
  readonly body: AsyncIterable<Buffer>;
  /** All of the body, as UTF-8. @throws what `body` throws */
  text(): Promise<string>;
}
