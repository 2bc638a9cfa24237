/** An answer, read whole. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON, undefined without a body. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

export type ApiHeaders = Readonly<Record<string, string>>;

/** Talks to a running application like any client would: over HTTP. Paths start behind the server's name. */
export class ApiClient {
  constructor(
    private readonly url: string,
    readonly token?: string,
  ) {}

  get(path: string, headers: ApiHeaders = {}): Promise<ApiAnswer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: ApiHeaders = {}): Promise<ApiAnswer> {
    return this.send('POST', path, body, headers);
  }

  patch(path: string, body: unknown, headers: ApiHeaders = {}): Promise<ApiAnswer> {
    return this.send('PATCH', path, body, headers);
  }

  delete(path: string, headers: ApiHeaders = {}): Promise<ApiAnswer> {
    return this.send('DELETE', path, undefined, headers);
  }

  /** @param body sent as it is when it is text or bytes, as JSON otherwise */
  async send(method: string, path: string, body: unknown, headers: ApiHeaders = {}): Promise<ApiAnswer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }
}
