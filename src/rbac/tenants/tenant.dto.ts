import { PartialType } from '@nestjs/swagger';
import { EXAMPLE_ADMIN_ID, EXAMPLE_TENANT_ID } from '../../http/example-id';
import { Choice, Flag, Instant, Integer, Nested, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { type FlatChanges, type FlatValue } from '../../http/flat-object';
import { FlatObject } from '../../http/flat-object.decorator';
import type { TenantStatus } from '../principal';

const TENANT_STATUSES: readonly TenantStatus[] = ['ACTIVE', 'SUSPENDED', 'DELETED'];

const slug = { min: 1, max: 63, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ };
const metadata = { maxNames: 50, maxText: 1000, example: { country: 'AT' } };

export class CreateTenantRequest {
  @Text({ min: 1, max: 255, example: 'Meridian Labs' })
  name!: string;

  @Text({ ...slug, about: 'Lower-case letters, digits and hyphens; names the tenant at login.', example: 'labs' })
  slug!: string;
}

class ChangeableTenant extends CreateTenantRequest {
  @Uuid({ about: 'An active member with the role Admin; needs tenant:admin.', example: EXAMPLE_ADMIN_ID })
  ownerId!: string;

  @FlatObject({ ...metadata, about: 'Only what is sent changes, and null removes a name.', optional: true })
  metadata?: FlatChanges;
}

export class UpdateTenantRequest extends PartialType(ChangeableTenant, { skipNullProperties: false }) {}

class TenantOwner {
  @Uuid({ example: EXAMPLE_ADMIN_ID })
  id!: string;

  @Text({ max: 255, example: 'Alma Horvath' })
  name!: string;
}

export class TenantResponse {
  @Uuid({ example: EXAMPLE_TENANT_ID })
  id!: string;

  @Text({ max: 255, example: 'Meridian Instruments (demo)' })
  name!: string;

  @Text({ max: 100, example: 'demo' })
  slug!: string;

  @Choice(TENANT_STATUSES, { example: 'ACTIVE' })
  status!: TenantStatus;

  @Nested(() => TenantOwner)
  owner!: TenantOwner;

  @FlatObject({ ...metadata, about: 'Names and values of your own.' })
  metadata!: Record<string, FlatValue>;

  @Integer({ min: 1, max: 2_147_483_647, example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}

class TenantOfMine {
  @Uuid({ example: EXAMPLE_TENANT_ID })
  id!: string;

  @Text({ max: 255, example: 'Meridian Instruments (demo)' })
  name!: string;

  @Text({ max: 100, example: 'demo' })
  slug!: string;

  @Choice(TENANT_STATUSES, { example: 'ACTIVE' })
  status!: TenantStatus;

  @Flag({ about: 'Whether the token is for this one; switch to another with POST /auth/switch-tenant.', example: true })
  current!: boolean;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  joinedAt!: string;
}

export class MyTenantsResponse {
  @NestedList(() => TenantOfMine, { maxItems: 1000 })
  items!: TenantOfMine[];
}

export class TenantStatsResponse {
  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 12 })
  activeMembers!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 0 })
  disabledMembers!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, about: 'Active members with the role Admin.', example: 1 })
  admins!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, about: 'Roles besides the predefined ones.', example: 1 })
  ownRoles!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 2 })
  teams!: number;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 1 })
  openInvitations!: number;
}
