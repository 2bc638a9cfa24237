import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { EXAMPLE_CONNECTOR_ID } from '../catalogue/catalogue.dto';
import { ConnectorReviewResponse, ReviewConnector } from './connector-review.dto';
import { ConnectorReviewReader } from './connector-review.reader';
import { ConnectorReviewService } from './connector-review.service';

@ApiTags('Marketplace')
@Controller('marketplace/connectors')
export class ConnectorReviewController {
  constructor(
    private readonly reviews: ConnectorReviewService,
    private readonly reader: ConnectorReviewReader,
  ) {}

  @Get(':id/reviews')
  @Requires(Permission.ConnectorRead)
  @Returns(PageOf(ConnectorReviewResponse), 'What people of the tenant say of a connector, newest first')
  listConnectorReviews(
    @Id('id', EXAMPLE_CONNECTOR_ID) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ConnectorReviewResponse>> {
    return this.reader.list(id, query);
  }

  @Post(':id/reviews')
  @Requires(Permission.ConnectorRead)
  @Idempotent()
  @Returns(ConnectorReviewResponse, 'Review a connector that the tenant has, or had', 201)
  reviewConnector(
    @Id('id', EXAMPLE_CONNECTOR_ID) id: string,
    @Body() request: ReviewConnector,
  ): Promise<ConnectorReviewResponse> {
    return this.reviews.review(id, request);
  }
}
