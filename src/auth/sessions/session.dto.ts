import { EXAMPLE_ID } from '../../http/example-id';
import { Flag, Instant, Nested, Text, Uuid } from '../../http/fields.decorator';
import { TenantSummary } from '../auth.dto';

export class SessionResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Nested(() => TenantSummary)
  tenant!: TenantSummary;

  @Text({ max: 64, about: 'Where it was used last, as the server saw it.', example: '203.0.113.7' })
  address!: string;

  @Text({ max: 300, about: 'What the client said it is.', example: 'Mozilla/5.0' })
  userAgent!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ about: 'When it was opened or refreshed last.', example: '2026-06-30T12:10:00.000Z' })
  lastUsedAt!: string;

  @Instant({ about: 'When it ends unless it is refreshed.', example: '2026-07-07T12:10:00.000Z' })
  expiresAt!: string;

  @Flag({ about: 'Whether it is the one that asks.', example: true })
  current!: boolean;
}

export interface SessionRow {
  readonly id: string;
  readonly tenant: TenantSummary;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export function toSessionResponse(row: SessionRow, current: boolean): SessionResponse {
  const { id, tenant, address, userAgent, createdAt, lastUsedAt, expiresAt } = row;
  return {
    ...{ id, tenant, address, userAgent },
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    current,
  };
}
