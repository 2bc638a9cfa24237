/** The parts of a JWT, unverified. */
export function decode(token: string): { header: object; payload: Record<string, unknown> } {
  const [header = '', payload = ''] = token.split('.');
  const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: parse(header) as object, payload: parse(payload) as Record<string, unknown> };
}
