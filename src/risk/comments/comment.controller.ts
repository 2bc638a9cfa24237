import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { CommentRequest, CommentResponse } from './comment.dto';
import { CommentReader } from './comment.reader';
import { CommentService } from './comment.service';

@ApiTags('Risks')
@Controller('risks/:id/comments')
export class CommentController {
  constructor(
    private readonly comments: CommentService,
    private readonly reader: CommentReader,
  ) {}

  @Get()
  @Requires(Permission.RiskRead)
  @Returns(PageOf(CommentResponse), 'What is said about a risk, oldest first')
  listRiskComments(@Id() id: string, @Query() query: PageQuery): Promise<Page<CommentResponse>> {
    return this.reader.list(id, query);
  }

  @Post()
  @Requires(Permission.RiskUpdate)
  @Idempotent()
  @Returns(CommentResponse, 'Comment on a risk', 201)
  createRiskComment(@Id() id: string, @Body() request: CommentRequest): Promise<CommentResponse> {
    return this.comments.create(id, request);
  }

  @Patch(':commentId')
  @Requires(Permission.RiskUpdate)
  @Returns(CommentResponse, 'Change a comment of your own')
  updateRiskComment(
    @Id() id: string,
    @Id('commentId') commentId: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() request: CommentRequest,
  ): Promise<CommentResponse> {
    return this.comments.update(id, commentId, expected, request);
  }

  @Delete(':commentId')
  @Requires(Permission.RiskUpdate)
  @ReturnsNothing('Delete a comment of your own, or any with risk:admin')
  deleteRiskComment(
    @Id() id: string,
    @Id('commentId') commentId: string,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<void> {
    return this.comments.remove(id, commentId, expected);
  }
}
