import { Flag, NestedList, Text } from '../../http/fields.decorator';

class CheckResponse {
  @Text({ max: 200, example: 'The installation answers' })
  name!: string;

  @Flag({ example: false })
  ok!: boolean;

  @Text({ max: 1000, optional: true, about: 'Why not.', example: 'The address is not public.' })
  error?: string;
}

export class AppTestResponse {
  @Flag({ about: 'Whether all checks are.', example: false })
  ok!: boolean;

  @NestedList(() => CheckResponse, { maxItems: 50 })
  checks!: readonly CheckResponse[];
}
