import { EXAMPLE_ID } from '../http/example-id';
import { Choice, Instant, Integer, Nested, NestedList, Text, Uuid } from '../http/fields.decorator';
import type { Grants } from '../rbac/permission';
import type { Principal } from '../rbac/principal';
import { GrantResponse, toGrants } from '../rbac/rbac.dto';

const refreshTokenExample = `orr_${'0'.repeat(64)}_${'A'.repeat(43)}`;

export class LoginRequest {
  @Text({ min: 3, max: 254, format: 'email', example: 'analyst@demo.openrisk.local' })
  email!: string;

  @Text({ min: 1, max: 200, format: 'password', example: 'the password printed by npm start' })
  password!: string;

  @Text({
    min: 1,
    max: 63,
    optional: true,
    about: 'Slug of the tenant; the first one joined when left out.',
    example: 'demo',
  })
  tenant?: string;
}

export class RefreshRequest {
  @Text({ min: 1, max: 200, format: 'password', example: refreshTokenExample })
  refreshToken!: string;
}

export class SwitchTenantRequest {
  @Text({ min: 1, max: 63, about: 'Slug of a tenant that you are a member of.', example: 'demo' })
  tenant!: string;
}

export class TenantSummary {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 63, example: 'demo' })
  slug!: string;

  @Text({ max: 255, example: 'Demo' })
  name!: string;
}

export class LoginResponse {
  @Text({ max: 4096, about: 'Send it as `Authorization: Bearer ...`.', example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln' })
  accessToken!: string;

  @Choice(['Bearer'], { example: 'Bearer' })
  tokenType!: 'Bearer';

  @Integer({ min: 30, max: 86_400, about: 'Seconds until it expires.', example: 600 })
  expiresIn!: number;

  @Text({
    max: 200,
    about: 'Good once, at `POST /auth/refresh`, which answers with the next one. Keep it secret.',
    example: refreshTokenExample,
  })
  refreshToken!: string;

  @Instant({ about: 'When the session ends unless it is refreshed.', example: '2026-07-07T12:00:00.000Z' })
  sessionExpiresAt!: string;

  @Nested(() => TenantSummary)
  tenant!: TenantSummary;
}

class RoleSummary {
  @Text({ max: 63, nullable: true, example: 'analyst' })
  key!: string | null;

  @Text({ max: 100, example: 'Analyst' })
  name!: string;

  @Integer({ min: 0, max: 9, example: 3 })
  level!: number;
}

export class MeResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 254, example: 'analyst@demo.openrisk.local' })
  email!: string;

  @Text({ max: 255, example: 'Ana Analyst' })
  name!: string;

  @Nested(() => TenantSummary)
  tenant!: TenantSummary;

  @Nested(() => RoleSummary)
  role!: RoleSummary;

  @NestedList(() => GrantResponse, { maxItems: 100 })
  grants!: GrantResponse[];
}

export function toMeResponse({ userId, email, name, tenant, role }: Principal, grants: Grants): MeResponse {
  return {
    id: userId,
    email,
    name,
    tenant: { id: tenant.id, slug: tenant.slug, name: tenant.name },
    role: { key: role.key, name: role.name, level: role.level },
    grants: toGrants(grants),
  };
}
