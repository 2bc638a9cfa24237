import { Choice } from '../http/fields.decorator';
import { allPermissions, SCOPES, type Grants } from './permission';

export class GrantResponse {
  @Choice(allPermissions, { example: 'risk:read' })
  permission!: string;

  @Choice(SCOPES, { about: 'How far it reaches.', example: 'tenant' })
  scope!: string;
}

export function toGrants(grants: Grants): GrantResponse[] {
  return [...grants].map(([permission, scope]) => ({ permission, scope }));
}
