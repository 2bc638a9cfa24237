import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { AcceptanceDecision, AcceptanceQuery, AcceptanceResponse, RequestAcceptance } from './acceptance.dto';
import { AcceptanceReader } from './acceptance.reader';
import { AcceptanceService } from './acceptance.service';

@ApiTags('Risks')
@Controller('risks/:id/acceptance')
export class AcceptanceController {
  constructor(
    private readonly acceptances: AcceptanceService,
    private readonly reader: AcceptanceReader,
  ) {}

  @Get()
  @Requires(Permission.RiskRead)
  @Returns(PageOf(AcceptanceResponse), 'The acceptances of a risk, current and earlier ones, newest first')
  listRiskAcceptances(@Id() id: string, @Query() query: AcceptanceQuery): Promise<Page<AcceptanceResponse>> {
    return this.reader.list(id, query);
  }

  @Post()
  @Requires(Permission.RiskUpdate)
  @Idempotent()
  @Returns(AcceptanceResponse, 'Ask that a risk be accepted; somebody else has to approve it', 201)
  requestRiskAcceptance(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() request: RequestAcceptance,
  ): Promise<AcceptanceResponse> {
    return this.acceptances.request(id, expected, request);
  }

  @Post('approve')
  @Requires(Permission.RiskAccept)
  @Returns(AcceptanceResponse, 'Approve the acceptance that waits; the risk may move to ACCEPTED then')
  approveRiskAcceptance(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() decision: AcceptanceDecision,
  ): Promise<AcceptanceResponse> {
    return this.acceptances.approve(id, expected, decision);
  }

  @Post('reject')
  @Requires(Permission.RiskAccept)
  @Returns(AcceptanceResponse, 'Reject the acceptance that waits')
  rejectRiskAcceptance(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() decision: AcceptanceDecision,
  ): Promise<AcceptanceResponse> {
    return this.acceptances.reject(id, expected, decision);
  }

  @Post('withdraw')
  @Requires(Permission.RiskUpdate)
  @Returns(AcceptanceResponse, 'Take back the acceptance that one has asked for')
  withdrawRiskAcceptance(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() decision: AcceptanceDecision,
  ): Promise<AcceptanceResponse> {
    return this.acceptances.withdraw(id, expected, decision);
  }

  @Post('revoke')
  @Requires(Permission.RiskAccept)
  @Returns(AcceptanceResponse, 'End the acceptance that is in force; a risk that is ACCEPTED is reopened')
  revokeRiskAcceptance(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() decision: AcceptanceDecision,
  ): Promise<AcceptanceResponse> {
    return this.acceptances.revoke(id, expected, decision);
  }
}
