import { Env } from '../config/env.decorator';

export class HttpConfig {
  @Env('PORT', { about: 'Port of the API and Swagger UI; 0 takes a free one.', kind: 'integer', min: 0, max: 65_535 })
  readonly port: number = 3000;

  @Env('HOST', { about: 'Address the API and the metrics listen on.', kind: 'text', unit: 'host name or IP address' })
  readonly host: string = '127.0.0.1';

  @Env('HTTP_TRUST_PROXY', {
    about: 'Proxies whose X-Forwarded-For is believed.',
    kind: 'text',
    unit: 'comma-separated IP addresses or CIDR ranges',
    pattern: /^[0-9a-fA-F:.]+(\/\d{1,3})?(,[0-9a-fA-F:.]+(\/\d{1,3})?)*$/,
  })
  readonly trustProxy?: string;

  @Env('HTTP_CORS_ORIGINS', {
    about: 'Origins that browsers may call the API from; none when empty.',
    kind: 'text',
    unit: 'comma-separated origins such as https://risk.example.com',
    pattern: /^https?:\/\/[^/,\s]+(,https?:\/\/[^/,\s]+)*$/,
  })
  readonly corsOrigins?: string;

  @Env('HTTP_BODY_LIMIT_BYTES', {
    about: 'Largest body of an ordinary request; bulk changes and imports have limits of their own.',
    kind: 'integer',
    unit: 'bytes',
    min: 1024,
    max: 16_777_216,
  })
  readonly bodyLimitBytes: number = 262_144;

  @Env('HTTP_REQUEST_TIMEOUT_MS', {
    about: 'How long a client may take to send a whole request.',
    kind: 'integer',
    unit: 'ms',
    min: 1000,
    max: 600_000,
  })
  readonly requestTimeoutMs: number = 30_000;

  @Env('HTTP_SHUTDOWN_GRACE_MS', {
    about:
      'How long after SIGTERM requests are still taken, while readiness is 503 so that balancers turn away; 0 with `npm start`.',
    kind: 'integer',
    unit: 'ms',
    min: 0,
    max: 600_000,
  })
  readonly shutdownGraceMs: number = 3000;

  @Env('HTTP_SHUTDOWN_TIMEOUT_MS', {
    about: 'How long running requests may take to end after that.',
    kind: 'integer',
    unit: 'ms',
    min: 100,
    max: 600_000,
  })
  readonly shutdownTimeoutMs: number = 10_000;
}
