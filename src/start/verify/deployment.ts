const REQUEST_TIMEOUT_MS = 15_000;

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** For changes of what has a version; `*` for any. */
  readonly ifMatch?: string;
}

/** A running OpenRisk, seen from outside. */
export class Deployment {
  constructor(readonly url: string) {}

  /** @throws Error in one line when nothing answers */
  async ask(path: string, { method = 'GET', token, body, ifMatch }: Asked = {}): Promise<Answer> {
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch {
      throw new Error(`Nothing answers at ${this.url}${path}`);
    }
  }
}

/** @throws Error when it is no JSON */
export function jsonOf({ text, status }: Answer): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`The answer (${status}) is not JSON`);
  }
}
