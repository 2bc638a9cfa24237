import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { BodyLimit } from '../../http/body-parser';
import { Returns } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { BulkRequest, BulkResponse } from './bulk.dto';
import { BulkService } from './bulk.service';

@ApiTags('Risks')
@Controller('risks')
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  @Post('bulk')
  @Requires(Permission.RiskUpdate)
  @Idempotent()
  @BodyLimit(4 * 1024 * 1024)
  @Returns(BulkResponse, 'Create, change, delete and move up to 500 risks at once')
  changeRisksInBulk(@Body() request: BulkRequest): Promise<BulkResponse> {
    return this.bulk.run(request);
  }
}
