import { Module } from '@nestjs/common';
import { RiskChanges } from './risk-changes';
import { RiskController } from './risk.controller';
import { RiskReader } from './risk.reader';
import { RiskService } from './risk.service';

@Module({
  controllers: [RiskController],
  providers: [RiskReader, RiskService, RiskChanges],
})
export class RiskModule {}
