import { PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../../../http/example-id';
import { Flag, Integer, Text, Uuid } from '../../../http/fields.decorator';
import { MITIGATION_LIMITS } from '../mitigation-terms';

const title = { max: MITIGATION_LIMITS.title, example: 'Choose a second site' };
const position = { min: 0, max: MITIGATION_LIMITS.subActions - 1 };

export class CreateSubAction {
  @Text({ ...title, min: 1 })
  title!: string;

  @Flag({ optional: true, about: 'False unless given.', example: false })
  done?: boolean;

  @Integer({
    ...position,
    optional: true,
    about: 'Counted from 0; others move down. At the end unless given.',
    example: 0,
  })
  position?: number;
}

/** Merge patch: only what is sent changes. */
export class UpdateSubAction extends PartialType(CreateSubAction, { skipNullProperties: false }) {}

export class SubActionResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Uuid({ example: EXAMPLE_ID })
  mitigationId!: string;

  @Text(title)
  title!: string;

  @Flag({ example: false })
  done!: boolean;

  @Integer({ ...position, about: 'Counted from 0, without gaps.', example: 0 })
  position!: number;
}
