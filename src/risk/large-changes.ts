import { Injectable } from '@nestjs/common';
import { BoundedWork } from '../http/bounded-work';
import { RiskConfig } from './risk.config';

/** Imports and bulk changes hold a connection for seconds: all together they get a few, so that others find one free. */
@Injectable()
export class LargeChanges extends BoundedWork {
  constructor({ largeChangeConcurrency, largeChangeQueue }: RiskConfig) {
    super(largeChangeConcurrency, largeChangeQueue, 'Too many imports and bulk changes at once.');
  }
}
