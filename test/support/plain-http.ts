import type { ConnectorHttp } from '../../src/marketplace/connector';

/** A way out for connectors that are tried alone: without a guard, and without a limit. */
export const plainHttp: ConnectorHttp = {
  async request(url, { method = 'GET', headers = {}, signal }) {
    const answer = await fetch(url, { method, headers, ...(signal ? { signal } : {}) });
    if (!answer.ok) throw new Error(`It answered ${answer.status}`);
    const body = Buffer.from(await answer.arrayBuffer());
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: (async function* () {
        yield await Promise.resolve(body);
      })(),
      text: () => Promise.resolve(body.toString()),
    };
  },
};
