import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsDefined, IsObject, ValidateNested } from 'class-validator';
import { Choice, Flag, Integer, Nested, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { RISK_STATUSES, type RiskStatus } from '../lifecycle/risk-lifecycle';
import { CreateRisk, RiskResponse, UpdateRisk } from '../risk.dto';

const MAX_OPERATIONS = 500;
const aboutVersion = 'The version that this is based on; whatever is there when left out.';
const version = { min: 1, max: 2_147_483_647, optional: true, about: aboutVersion, example: 1 };

class Operation {
  @Choice(['create', 'update', 'delete', 'transition'], { example: 'create' })
  op!: string;
}

class CreateOperation {
  @Choice(['create'], { example: 'create' })
  op!: 'create';

  @IsDefined({ message: 'is required' })
  @Nested(() => CreateRisk)
  risk!: CreateRisk;
}

class UpdateOperation {
  @Choice(['update'], { example: 'update' })
  op!: 'update';

  @Uuid()
  id!: string;

  @Integer(version)
  version?: number;

  @IsDefined({ message: 'is required' })
  @Nested(() => UpdateRisk)
  change!: UpdateRisk;
}

class DeleteOperation {
  @Choice(['delete'], { example: 'delete' })
  op!: 'delete';

  @Uuid()
  id!: string;

  @Integer(version)
  version?: number;
}

class TransitionOperation {
  @Choice(['transition'], { example: 'transition' })
  op!: 'transition';

  @Uuid()
  id!: string;

  @Integer(version)
  version?: number;

  @Choice(RISK_STATUSES, { example: 'IDENTIFIED' })
  status!: RiskStatus;

  @Text({ min: 1, max: 2000, optional: true, about: 'Kept in the history.', example: 'Confirmed in the workshop.' })
  comment?: string;
}

export type BulkOperation = CreateOperation | UpdateOperation | DeleteOperation | TransitionOperation;

const operations = [
  { name: 'create', value: CreateOperation },
  { name: 'update', value: UpdateOperation },
  { name: 'delete', value: DeleteOperation },
  { name: 'transition', value: TransitionOperation },
];

/** What is no object stays as it is, for validation to refuse. */
function toOperation(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const named = operations.find(({ name }) => 'op' in item && name === item.op);
  return plainToInstance<object, object>(named?.value ?? Operation, item);
}

@ApiExtraModels(CreateOperation, UpdateOperation, DeleteOperation, TransitionOperation)
export class BulkRequest {
  @Flag({
    optional: true,
    about: 'All or nothing, which is the default; else each operation for itself.',
    example: true,
  })
  atomic?: boolean;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MAX_OPERATIONS,
    description: 'Carried out in this order.',
    items: {
      oneOf: operations.map(({ value }) => ({ $ref: getSchemaPath(value) })),
      discriminator: {
        propertyName: 'op',
        mapping: Object.fromEntries(operations.map(({ name, value }) => [name, getSchemaPath(value)])),
      },
    },
    example: [
      { op: 'create', risk: { title: 'Ransomware on file servers', probability: 3, impact: 5 } },
      { op: 'create', risk: { title: 'Fire in the server room', probability: 1, impact: 5 } },
    ],
  })
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(toOperation) : value))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_OPERATIONS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  operations!: BulkOperation[];
}

class BulkFieldProblem {
  @Text({ max: 500, about: 'JSON pointer into the request.', example: '/operations/0/risk/title' })
  pointer!: string;

  @Text({ max: 100, example: 'unknown-member' })
  code!: string;

  @Text({ max: 500, example: 'is not the id of a member of this tenant' })
  message!: string;
}

export class BulkItemProblem {
  @Text({ max: 100, example: 'request.stale-version' })
  code!: string;

  @Text({ max: 2000, example: 'The resource has changed since the version you named in If-Match.' })
  detail!: string;

  @NestedList(() => BulkFieldProblem, { maxItems: 1000, optional: true })
  errors?: readonly BulkFieldProblem[];
}

export class BulkItemResponse {
  @Integer({ min: 0, max: MAX_OPERATIONS - 1, about: 'Of the operation in the request.', example: 0 })
  index!: number;

  @Integer({ min: 200, max: 599, about: 'What the operation would have been answered alone.', example: 201 })
  status!: number;

  @Uuid({ nullable: true, about: 'Of the risk; null when none was made.' })
  id!: string | null;

  @Nested(() => RiskResponse, {
    optional: true,
    about: 'As it is now; not when it was deleted or the operation failed.',
  })
  risk?: RiskResponse;

  @Nested(() => BulkItemProblem, { optional: true, about: 'Why the operation failed.' })
  problem?: BulkItemProblem;
}

export class BulkResponse {
  @Flag({ example: true })
  atomic!: boolean;

  @Integer({ min: 0, max: MAX_OPERATIONS, example: 1 })
  succeeded!: number;

  @Integer({ min: 0, max: MAX_OPERATIONS, about: 'Always 0 in an atomic answer.', example: 0 })
  failed!: number;

  @NestedList(() => BulkItemResponse, { maxItems: MAX_OPERATIONS, about: 'One per operation, in their order.' })
  results!: BulkItemResponse[];
}
