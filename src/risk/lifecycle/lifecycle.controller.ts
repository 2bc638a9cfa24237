import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { utcToday } from '../../http/period';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { RiskResponse } from '../risk.dto';
import { RiskService } from '../risk.service';
import { TransitionRequest, TransitionsResponse } from './lifecycle.dto';
import { LifecycleReader } from './lifecycle.reader';

@ApiTags('Risks')
@Controller('risks')
export class LifecycleController {
  constructor(
    private readonly risks: RiskService,
    private readonly reader: LifecycleReader,
  ) {}

  @Get(':id/transitions')
  @Requires(Permission.RiskRead)
  @Returns(TransitionsResponse, 'Where a risk may go from here, and why not elsewhere')
  listRiskTransitions(@Id() id: string): Promise<TransitionsResponse> {
    return this.reader.transitions(id, utcToday());
  }

  @Post(':id/transition')
  @Requires(Permission.RiskUpdate)
  @Returns(RiskResponse, 'Move a risk along its lifecycle')
  transitionRisk(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() request: TransitionRequest,
  ): Promise<RiskResponse> {
    return this.risks.transition(id, expected, request);
  }
}
