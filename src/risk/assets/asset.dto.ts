import { PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Instant, Integer, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices, QueryFlag, QueryTexts, QueryUuids } from '../../http/query-fields.decorator';
import { CRITICALITIES, type Criticality } from '../risk-score';

const ASSET_LIMITS = { name: 255, type: 100, source: 100 } as const;

/** What a list of assets can be narrowed by. All that is given must hold; of several values of one, any. */
export class AssetQuery extends PageQuery {
  @Text({ min: 1, max: 200, optional: true, about: 'Any part of the name.', example: 'server' })
  q?: string;

  @QueryTexts({ max: ASSET_LIMITS.type, maxItems: 20, about: 'Repeat it for several.' })
  type?: string[];

  @QueryChoices(CRITICALITIES, {})
  criticality?: Criticality[];

  @QueryUuids({ maxItems: 20 })
  ownerId?: string[];

  @Text({
    min: 1,
    max: 100,
    optional: true,
    about: 'Fields in order, - for descending: name, type, createdAt, updatedAt.',
    example: 'name',
  })
  sort: string = 'name';
}

export class DeleteAssetQuery {
  @QueryFlag({ about: 'Take it out of the risks that name it, and score them anew; else 409 while there are any.' })
  detach: boolean = false;
}

export class CreateAsset {
  @Text({ min: 1, max: ASSET_LIMITS.name, example: 'Build server BS-02' })
  name!: string;

  @Text({ min: 1, max: ASSET_LIMITS.type, about: 'Whatever kinds the tenant tells apart.', example: 'Server' })
  type!: string;

  @Choice(CRITICALITIES, { optional: true, about: 'MEDIUM unless given.', example: 'HIGH' })
  criticality?: Criticality;

  @Uuid({ optional: true, nullable: true, about: 'A member of the tenant.', example: null })
  ownerId?: string | null;

  @Text({ min: 1, max: ASSET_LIMITS.source, optional: true, about: 'Where it is known from.', example: 'MANUAL' })
  source?: string;
}

/** Merge patch: only what is sent changes; null clears. */
export class UpdateAsset extends PartialType(CreateAsset, { skipNullProperties: false }) {}

export class AssetResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: ASSET_LIMITS.name, example: 'File server FS-01' })
  name!: string;

  @Text({ max: ASSET_LIMITS.type, example: 'Server' })
  type!: string;

  @Choice(CRITICALITIES, { about: 'Factor .8, 1, 1.25, 1.5 in the scores of its risks.', example: 'HIGH' })
  criticality!: Criticality;

  @Uuid({ nullable: true })
  ownerId!: string | null;

  @Text({ max: ASSET_LIMITS.source, example: 'MANUAL' })
  source!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}
