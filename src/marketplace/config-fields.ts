import type { ConfigSchema } from './connector';

/** Names of the fields that are never shown. */
export function secretsOf({ properties }: ConfigSchema): string[] {
  return namesWhere(properties, (property) => property.writeOnly === true);
}

/** Name of the URL that the secrets are sent to; none or one. */
export function targetsOf({ properties }: ConfigSchema): string[] {
  return namesWhere(properties, (property) => property['x-target'] === true);
}

function namesWhere(
  properties: ConfigSchema['properties'],
  isMeant: (property: ConfigSchema['properties'][string]) => boolean,
): string[] {
  return Object.entries(properties).flatMap(([name, property]) => (isMeant(property) ? name : []));
}
