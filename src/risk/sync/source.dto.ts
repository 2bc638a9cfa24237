import { Choice, Instant, Text } from '../../http/fields.decorator';

const kinds = ['RISK', 'LIKELIHOOD'] as const;

export class RiskSourceResponse {
  @Text({ max: 100, about: 'Slug of the connector.', example: 'kev' })
  connector!: string;

  @Choice(kinds, { about: 'What it has to say: the risk itself, or how likely it is.', example: 'RISK' })
  kind!: (typeof kinds)[number];

  @Text({ max: 255, about: 'What the risk is called there.', example: 'CVE-2024-3094' })
  externalId!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  firstSeenAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  lastSeenAt!: string;

  @Instant({ nullable: true, about: 'Since when the source does not have it any more.', example: null })
  vanishedAt!: string | null;
}
