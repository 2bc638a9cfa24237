import { EXAMPLE_ID } from '../../http/example-id';
import { Instant, Integer, Text, Uuid } from '../../http/fields.decorator';
import { EXAMPLE_CONNECTOR_ID } from '../catalogue/catalogue.dto';

const rating = { min: 1, max: 5, example: 5 };

export class ReviewConnector {
  @Integer(rating)
  rating!: number;

  @Text({ max: 2000, optional: true, example: 'Brings what it says.' })
  comment?: string;
}

export class ConnectorReviewResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Uuid({ example: EXAMPLE_CONNECTOR_ID })
  connectorId!: string;

  @Uuid({ example: EXAMPLE_ID })
  userId!: string;

  @Integer(rating)
  rating!: number;

  @Text({ max: 2000, example: 'Brings what it says.' })
  comment!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;
}
