import { randomUUID } from 'node:crypto';
import { expectThat, type Checklist } from './checklist';
import { jsonOf, type Answer, type Deployment } from './deployment';
import type { ProbeAsset } from './probe-asset';

/** Who nobody is gets nothing: without a token, and with one that names another tenant than it was signed for. */
export async function checkTokens(checklist: Checklist, deployment: Deployment, token: string): Promise<void> {
  await checklist.check('no way in without a token', async () => {
    for (const [what, forged] of [['no token', undefined] as const, ...forgeries(token)]) {
      const { status } = await deployment.ask('/api/v1/risks?limit=1', { token: forged });
      expectThat(status === 401, `${what} is answered ${status}`);
    }
    return 'none, one of another tenant, one without a signature: 401';
  });
}

/** @param stranger token of somebody who is in another tenant */
export async function checkIsolation(
  checklist: Checklist,
  deployment: Deployment,
  asset: ProbeAsset,
  stranger: string,
): Promise<void> {
  await checklist.check('tenants are apart', async () => {
    expectThat(claimsOf(stranger)['tid'] !== claimsOf(asset.token)['tid'], 'both accounts are in the same tenant');
    const before = (await asset.read()).text;
    const missing = `/api/v1/assets/${randomUUID()}`;
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const asked = { method, token: stranger, ...(method === 'GET' ? {} : { ifMatch: '*' }) };
      const change = method === 'PATCH' ? { body: { type: 'Taken over' } } : {};
      const [theirs, nobodys] = [
        await deployment.ask(asset.path, { ...asked, ...change }),
        await deployment.ask(missing, { ...asked, ...change }),
      ];
      expectThat(theirs.status === nobodys.status, `${method} of another tenant's asset is answered ${theirs.status}`);
      expectThat(theirs.status !== 200 && theirs.status !== 204, `${method} of an asset that does not exist succeeds`);
      expectThat(wordsOf(theirs) === wordsOf(nobodys), `${method} tells a foreign asset from a missing one`);
    }
    expectThat((await asset.listed(stranger)).length === 0, 'the list shows the asset of another tenant');
    expectThat((await asset.read()).text === before, 'the asset was changed from another tenant');
    return 'what is cached for one tenant does not exist for another: read, listed, changed, deleted';
  });
}

/** What a problem says, besides what is of this request. */
function wordsOf(answer: Answer): string {
  const { type, title, status, code, detail } = jsonOf(answer) as Record<string, unknown>;
  return JSON.stringify({ type, title, status, code, detail });
}

function forgeries(token: string): (readonly [string, string])[] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const elsewhere = encoded({ ...claimsOf(token), tid: randomUUID() });
  return [
    ['a token of another tenant', `${header}.${elsewhere}.${signature}`],
    ['a token without a signature', `${encoded({ alg: 'none', typ: 'at+jwt' })}.${payload}.`],
  ];
}

function claimsOf(token: string): Record<string, unknown> {
  const payload = token.split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}
