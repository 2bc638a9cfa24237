import { Module } from '@nestjs/common';
import { RiskSync } from './risk-sync';

@Module({ providers: [RiskSync], exports: [RiskSync] })
export class RiskSyncModule {}
