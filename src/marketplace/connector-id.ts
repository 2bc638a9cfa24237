import { v5 as namedId } from 'uuid';

const NAMESPACE = '6f0c1f4e-59a5-5c8e-9d5b-0a2f3d7c4b11';

/** The same everywhere, and in every version. */
export function connectorIdOf(slug: string): string {
  return namedId(slug, NAMESPACE);
}
