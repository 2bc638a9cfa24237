import { DateOnly, Integer, NestedList } from '../../http/fields.decorator';
import { QueryInteger } from '../../http/query-fields.decorator';
import type { TimelineDay } from './timeline';

const count = { min: 0, max: Number.MAX_SAFE_INTEGER };

export class TimelineQuery {
  @QueryInteger({ min: 1, max: 365, about: 'How many days, today included.', example: 30 })
  days: number = 30;
}

class TimelineDayResponse implements TimelineDay {
  @DateOnly({ example: '2026-03-31', about: 'The day in UTC.' })
  date!: string;

  @Integer({ ...count, example: 2, about: 'Risks that entered the register, whatever became of them.' })
  created!: number;

  @Integer({ ...count, example: 9, about: 'How often a risk went from one status to another.' })
  statusChanges!: number;

  @Integer({ ...count, example: 3, about: 'Mitigations that are DONE and were completed that day.' })
  mitigationsDone!: number;

  @Integer({ ...count, example: 1, about: 'How often a risk became ACCEPTED.' })
  acceptances!: number;
}

export class TimelineResponse {
  @Integer({ min: 1, max: 365, example: 30 })
  days!: number;

  @NestedList(() => TimelineDayResponse, {
    maxItems: 365,
    about: 'One per day, oldest first, the last is today so far; days before the first risk are left out.',
  })
  timeline!: readonly TimelineDay[];
}
