import { Text } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryChoices, QueryFlag, QueryUuids } from '../../http/query-fields.decorator';
import { MITIGATION_STATUSES, type MitigationStatus } from './mitigation-lifecycle';

/** What a list of mitigations can be narrowed by. All that is given must hold; of several values of one, any. */
export class MitigationQuery extends PageQuery {
  @Text({ min: 1, max: 200, optional: true, about: 'Any part of the title.', example: 'a' })
  q?: string;

  @QueryChoices(MITIGATION_STATUSES, { example: ['PLANNED', 'IN_PROGRESS'] })
  status?: MitigationStatus[];

  @QueryUuids({ maxItems: 20 })
  assigneeId?: string[];

  @QueryUuids({ maxItems: 20 })
  riskId?: string[];

  @QueryFlag({ about: 'Whether the due date has passed (UTC) while the mitigation is neither DONE nor CANCELLED.' })
  overdue?: boolean;

  @Text({
    min: 1,
    max: 200,
    optional: true,
    about: 'Fields in order, - for descending: createdAt, updatedAt, dueDate, title, progress, cost, durationDays.',
    example: '-createdAt',
  })
  sort: string = '-createdAt';
}
