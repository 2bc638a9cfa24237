import { json, type Answer } from './source-server';

/** A finding as the API v2 of DefectDojo tells it. */
export function dojoFinding(id: number, change: object = {}): object {
  return {
    ...{ id, title: `Finding ${id}`, description: 'As found.', severity: 'High', active: true, endpoints: [1] },
    ...{ vulnerability_ids: [{ vulnerability_id: `CVE-2024-${10_000 + id}` }], tags: ['web'], mitigated: null },
    ...change,
  };
}

export function dojoFindings(count: number): object[] {
  return Array.from({ length: count }, (_, index) => dojoFinding(index + 1));
}

/** The page that a request asks for, of a DefectDojo with these findings. */
export function dojoPages(findings: readonly unknown[]): Answer {
  return (request, response) => {
    const offset = offsetOf(request.url);
    const limit = Number(new URL(request.url ?? '', 'http://source').searchParams.get('limit'));
    const results = findings.slice(offset, offset + limit);
    const next = offset + limit < findings.length ? 'http://source/next' : null;
    json({ count: findings.length, next, previous: null, results })(request, response);
  };
}

export function offsetOf(path: string | undefined): number {
  return Number(new URL(path ?? '', 'http://source').searchParams.get('offset'));
}
