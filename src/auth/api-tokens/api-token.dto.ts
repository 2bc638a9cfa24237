import { EXAMPLE_ID } from '../../http/example-id';
import { Instant, Integer, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { GrantResponse } from '../../rbac/rbac.dto';

export class CreateApiToken {
  @Text({ min: 1, max: 100, example: 'Nightly export' })
  name!: string;

  @NestedList(() => GrantResponse, {
    min: 1,
    maxItems: 100,
    optional: true,
    nullable: true,
    about: 'What it is narrowed to, within what you may do yourself; left out, it may do whatever you may at the time.',
  })
  grants?: GrantResponse[] | null;

  @Integer({ min: 1, max: 365, optional: true, about: 'After how many days it ends; 90 when left out.', example: 90 })
  expiresInDays?: number;
}

export class ApiTokenResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 100, example: 'Nightly export' })
  name!: string;

  @NestedList(() => GrantResponse, { maxItems: 100, nullable: true, about: 'Null: whatever its owner may do.' })
  grants!: GrantResponse[] | null;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-09-28T12:00:00.000Z' })
  expiresAt!: string;

  @Instant({ nullable: true, example: null, about: 'To the minute; null when it was never used.' })
  lastUsedAt!: string | null;
}

export class CreatedApiTokenResponse extends ApiTokenResponse {
  @Text({
    max: 200,
    about: 'Send it as `Authorization: Bearer ...`. It is shown this once.',
    example: `ork_${'0'.repeat(64)}_${'A'.repeat(43)}`,
  })
  token!: string;
}

export interface ApiTokenRow {
  readonly id: string;
  readonly name: string;
  /** Each `resource:action:scope`. */
  readonly grants: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

export function toApiTokenResponse({
  id,
  name,
  grants,
  createdAt,
  expiresAt,
  lastUsedAt,
}: ApiTokenRow): ApiTokenResponse {
  return {
    id,
    name,
    grants: grants && grants.map(toGrant),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt && lastUsedAt.toISOString(),
  };
}

function toGrant(stored: string): GrantResponse {
  const at = stored.lastIndexOf(':');
  return { permission: stored.slice(0, at), scope: stored.slice(at + 1) };
}
