/** Does it again and again until the returned function is called, which waits for the last time. */
export function repeatedly(work: () => Promise<unknown>): () => Promise<void> {
  const end = new AbortController();
  const loop = (async () => {
    while (!end.signal.aborted) await work();
  })();
  loop.catch(() => undefined);
  return async () => {
    end.abort();
    await loop;
  };
}
