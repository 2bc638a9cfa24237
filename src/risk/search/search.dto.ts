import { Decimal, Nested, NestedList, Text } from '../../http/fields.decorator';
import { QueryInteger } from '../../http/query-fields.decorator';
import { RiskResponse } from '../risk.dto';

export class SearchQuery {
  @Text({ min: 1, max: 200, about: 'Words or their beginnings; small typing errors are forgiven.', example: 'ransom' })
  q!: string;

  @QueryInteger({ min: 1, max: 50, about: 'How many hits at most.', example: 20 })
  limit: number = 20;
}

class SearchHighlights {
  @Text({
    max: 5000,
    about: 'HTML: the title, escaped, with matches in `<mark>`.',
    example: '<mark>Ransomware</mark> on file servers',
  })
  title!: string;

  @Text({
    max: 5000,
    nullable: true,
    about: 'HTML: the description around its first match; null without.',
    example: null,
  })
  description!: string | null;
}

class SearchHit {
  @Nested(() => RiskResponse)
  risk!: RiskResponse;

  @Decimal({ min: 0, max: 10, about: 'Comparable within one answer only.', example: 1.2 })
  rank!: number;

  @Nested(() => SearchHighlights)
  highlights!: SearchHighlights;
}

export class SearchResponse {
  @NestedList(() => SearchHit, { maxItems: 50, about: 'Best first.' })
  items!: SearchHit[];
}
