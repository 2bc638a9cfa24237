import type { FastifyInstance, RouteOptions } from 'fastify';
import { DomainError } from '../errors/domain-error';
import { NotFound } from '../errors/http.errors';

class MethodNotAllowed extends DomainError {
  readonly status = 405;
  readonly code = 'request.method-not-allowed';
  override readonly headers: Readonly<Record<string, string>>;
  constructor(allowed: readonly string[]) {
    super(`This resource answers ${allowed.join(', ')} only.`);
    this.headers = { allow: allowed.join(', ') };
  }
}

/** Remembers every route, to tell "no such path" from "not with this method". */
export class AllowedMethods {
  private readonly methodsByPath = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  constructor(server: FastifyInstance) {
    server.addHook('onRoute', (route) => {
      this.remember(route);
    });
  }

  /** What an unmatched request is told: 405 with `Allow` where the path exists, else 404. */
  errorFor(path: string): DomainError {
    const allowed = new Set<string>();
    for (const { pattern, methods } of this.methodsByPath.values()) {
      if (pattern.test(path)) for (const method of methods) allowed.add(method);
    }
    return allowed.size > 0 ? new MethodNotAllowed([...allowed].sort()) : new NotFound('route');
  }

  private remember({ url, method }: RouteOptions): void {
    if (url.includes('*')) return;
    const known = this.methodsByPath.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const name of Array.isArray(method) ? method : [method]) known.methods.add(name);
    this.methodsByPath.set(url, known);
  }
}

function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll('.', '\\.')));
  return new RegExp(`^${segments.join('/')}$`);
}
