import { Choice, ChoiceList, Decimal, Flag, Integer, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { JsonObject } from '../../http/json-object.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices, QueryInteger } from '../../http/query-fields.decorator';
import { allPermissions, type Permission } from '../../rbac/permission';
import type { ConfigSchema } from '../connector';
import { connectorIdOf } from '../connector-id';
import {
  CAPABILITIES,
  CONNECTOR_CATEGORIES,
  CONNECTOR_STATUSES,
  type Capability,
  type ConnectorCategory,
  type ConnectorStatus,
} from '../connector-terms';

export const EXAMPLE_CONNECTOR_ID = connectorIdOf('cisa-kev');

/** What the catalogue can be narrowed by. All that is given must hold; of several values of one, any. */
export class ConnectorQuery extends PageQuery {
  @QueryChoices(CONNECTOR_CATEGORIES, { example: ['threat_intelligence', 'compliance'] })
  category?: ConnectorCategory[];

  @QueryChoices(CONNECTOR_STATUSES, { example: ['ACTIVE', 'BETA'] })
  status?: ConnectorStatus[];

  @QueryChoices(CAPABILITIES, { example: ['risk_import', 'compliance'] })
  capability?: Capability[];

  @Text({ min: 1, max: 200, optional: true, about: 'Any part of name, author or description.', example: 'risk' })
  q?: string;
}

export class ConnectorSearchQuery {
  @Text({ min: 1, max: 200, about: 'Words, in any order; all of them must be there.', example: 'open' })
  q!: string;

  @QueryInteger({ min: 1, max: 50, about: 'How many hits at most.', example: 20 })
  limit: number = 20;
}

export class ConnectorResponse {
  @Uuid({ example: EXAMPLE_CONNECTOR_ID })
  id!: string;

  @Text({ max: 64, example: 'cisa-kev' })
  slug!: string;

  @Text({ max: 100, example: 'CISA Known Exploited Vulnerabilities' })
  name!: string;

  @Text({ max: 100, example: 'OpenRisk' })
  author!: string;

  @Text({ max: 50, about: 'Semantic version.', example: '1.0.0' })
  version!: string;

  @Text({ max: 2000, example: 'Each vulnerability of the KEV catalogue becomes a risk with its due date.' })
  description!: string;

  @Choice(CONNECTOR_CATEGORIES, { example: 'threat_intelligence' })
  category!: ConnectorCategory;

  @Choice(CONNECTOR_STATUSES, { about: 'Only ACTIVE and BETA ones can be installed.', example: 'ACTIVE' })
  status!: ConnectorStatus;

  @ChoiceList(CAPABILITIES, { example: ['risk_import', 'threat_intel'] })
  capabilities!: readonly Capability[];

  @Text({ max: 500, format: 'uri', example: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog' })
  documentation!: string;

  @Text({ max: 100, about: 'SPDX.', example: 'Apache-2.0' })
  license!: string;

  @ChoiceList(allPermissions, { about: 'Whoever installs it must have these.', example: ['risk:create'] })
  requiredPermissions!: readonly Permission[];

  @JsonObject({
    about: 'JSON Schema of the configuration; secrets are `writeOnly`, the URL they are sent to is `x-target`.',
    example: { type: 'object', additionalProperties: false, properties: { url: { type: 'string', format: 'uri' } } },
  })
  configSchema!: ConfigSchema;

  @Flag({ about: 'Whether a tenant may have several live apps of it; else it has one.', example: false })
  multiple!: boolean;

  @Decimal({ min: 1, max: 5, nullable: true, about: 'Mean of all reviews; null without any.', example: 4.5 })
  rating!: number | null;

  @Integer({ min: 0, max: 2_147_483_647, about: 'In all tenants.', example: 2 })
  reviewCount!: number;

  @Integer({ min: 0, max: 2_147_483_647, about: 'Live installations in all tenants.', example: 3 })
  installCount!: number;
}

export class ConnectorSearchResponse {
  @NestedList(() => ConnectorResponse, { maxItems: 50, about: 'Those with the words in their name come first.' })
  items!: readonly ConnectorResponse[];
}
