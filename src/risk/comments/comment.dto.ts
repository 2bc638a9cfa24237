import { EXAMPLE_ID } from '../../http/example-id';
import { Instant, Integer, Text, Uuid } from '../../http/fields.decorator';

const LONGEST_COMMENT = 10_000;

export class CommentRequest {
  @Text({ min: 1, max: LONGEST_COMMENT, example: 'The vendor has confirmed the patch for next week.' })
  text!: string;
}

export class CommentResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Uuid({ about: 'Who wrote it; they may have left since.' })
  authorId!: string;

  @Text({ max: LONGEST_COMMENT, example: 'The vendor has confirmed the patch for next week.' })
  text!: string;

  @Integer({ min: 1, max: 2_147_483_647, about: 'More than 1 when it was changed.', example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}
