import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { utcToday } from '../../http/period';
import { Returns } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { OverdueReviewResponse, ReviewRequest, ReviewResponse } from './review.dto';
import { ReviewReader } from './review.reader';
import { ReviewService } from './review.service';

@ApiTags('Risks')
@Controller('risks')
export class ReviewController {
  constructor(
    private readonly reviews: ReviewService,
    private readonly reader: ReviewReader,
  ) {}

  @Get('reviews/overdue')
  @Requires(Permission.RiskRead)
  @Returns(PageOf(OverdueReviewResponse), 'Risks whose review is overdue, those that have waited longest first')
  listOverdueReviews(@Query() query: PageQuery): Promise<Page<OverdueReviewResponse>> {
    return this.reader.overdue(query, utcToday());
  }

  @Get(':id/reviews')
  @Requires(Permission.RiskRead)
  @Returns(PageOf(ReviewResponse), 'The reviews of a risk, newest first')
  listRiskReviews(@Id() id: string, @Query() query: PageQuery): Promise<Page<ReviewResponse>> {
    return this.reader.list(id, query);
  }

  @Post(':id/review')
  @Requires(Permission.RiskUpdate)
  @Idempotent()
  @Returns(ReviewResponse, 'Record a review of a risk, and when it is due again', 201)
  reviewRisk(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() request: ReviewRequest,
  ): Promise<ReviewResponse> {
    return this.reviews.review(id, expected, request);
  }
}
