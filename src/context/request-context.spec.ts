import { setImmediate as later } from 'node:timers/promises';
import {
  contextIfAny,
  currentActor,
  currentContext,
  currentTenantId,
  NoRequestContext,
  runInContext,
} from './request-context';

describe('the request context', () => {
  it('is nowhere but in a request', () => {
    for (const ask of [currentContext, currentActor, currentTenantId]) expect(ask).toThrow(NoRequestContext);
    expect(contextIfAny()).toBeUndefined();
  });

  it('has no actor until somebody has authenticated', () => {
    runInContext({ requestId: 'r' }, () => {
      expect(currentContext()).toEqual({ requestId: 'r' });
      expect(currentTenantId).toThrow('authenticated request');
      currentContext().actor = { userId: 'u', tenantId: 't' };
      expect(currentActor()).toEqual({ userId: 'u', tenantId: 't' });
    });
  });

  it('is that of its own request, however many run at once', async () => {
    const seen = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        runInContext({ requestId: `r${index}`, actor: { userId: 'u', tenantId: `t${index}` } }, async () => {
          for (let turn = 0; turn < 5; turn++) await later();
          return `${currentContext().requestId} ${currentTenantId()}`;
        }),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => `r${index} t${index}`));
    expect(contextIfAny()).toBeUndefined();
  });
});
