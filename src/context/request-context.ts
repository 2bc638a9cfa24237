import { AsyncValue } from './async-value';
import type { Rights } from './rights';

/** Who is asking, after authentication. Ids only: what they may do is asked of rbac, every time. */
export interface Actor {
  readonly userId: string;
  readonly tenantId: string;
  /** What the request was authenticated with: one of both; neither for work of our own (jobs, the demo tenant). */
  readonly sessionId?: string;
  readonly apiTokenId?: string;
}

/** What is known about the request that is being answered. One object per request; jobs make their own. */
export interface RequestContext {
  /** Accepted from `X-Request-Id` or made here; the same in logs, problems and the answer. */
  readonly requestId: string;
  /** W3C `traceparent` of the caller, passed on as it came. */
  readonly traceparent?: string;
  /** Where the request came from, as far as HTTP_TRUST_PROXY lets us know it; undefined for work of our own. */
  readonly address?: string;
  /** What the caller says it is, cut to 300 characters; nothing may depend on it. */
  readonly userAgent?: string;
  /** Method and pattern of the path: `PATCH /api/v1/risks/:id`; undefined for work of our own and unknown paths. */
  readonly route?: string;
  /** The `:id` of the path when it is a UUID. */
  readonly objectId?: string;
  /** Undefined until the authentication guard has accepted a token. */
  actor?: Actor;
  /** Undefined until the permission guard has let the request through; and for work of our own. */
  rights?: Rights;
  /** The tenant of work of our own that nobody has asked for: a job of a period. */
  readonly tenantId?: string;
}

/** A programming error, never a client's: code that needs a request, or an authenticated one, ran without. */
export class NoRequestContext extends Error {
  constructor(missing: string) {
    super(`${missing} was asked for outside of an authenticated request`);
    this.name = 'NoRequestContext';
  }
}

const current = new AsyncValue<RequestContext>();

export function runInContext<T>(context: RequestContext, work: () => T): T {
  return current.run(context, work);
}

/**
 * Goes on with the same request as somebody else: as who has just proved who they are, or in another of their tenants.
 *
 * @throws NoRequestContext outside of a request.
 */
export function runAsActor<T>(actor: Actor, work: () => T): T {
  return runInContext({ ...currentContext(), actor, rights: undefined }, work);
}

/** Goes on with the same request as nobody, in no tenant: for what must be the same whoever asks. */
export function runAsNobody<T>(work: () => T): T {
  const context = current.get();
  return context
    ? runInContext({ ...context, actor: undefined, rights: undefined, tenantId: undefined }, work)
    : work();
}

/** @throws NoRequestContext outside of a request. */
export function currentContext(): RequestContext {
  const context = current.get();
  if (!context) throw new NoRequestContext('The request context');
  return context;
}

/** For what also runs outside of requests (log lines, boot); everything else uses {@link currentContext}. */
export function contextIfAny(): RequestContext | undefined {
  return current.get();
}

/** @throws NoRequestContext outside of an authenticated request. */
export function currentActor(): Actor {
  const actor = current.get()?.actor;
  if (!actor) throw new NoRequestContext('The actor');
  return actor;
}

/** @throws NoRequestContext outside of an authenticated request, and of work for a tenant. */
export function currentTenantId(): string {
  const { actor, tenantId } = current.get() ?? {};
  return actor?.tenantId ?? tenantId ?? currentActor().tenantId;
}
