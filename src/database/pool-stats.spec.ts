import { poolStatus } from './pool-stats';

const thresholds = { warningRatio: 0.7, criticalRatio: 0.9 };

describe('poolStatus', () => {
  it.each([
    [0, 0, 'healthy'],
    [69, 0, 'healthy'],
    [70, 0, 'warning'],
    [90, 0, 'warning'],
    [91, 0, 'critical'],
    [100, 3, 'critical'],
  ])('%i of 100 in use and %i waiting is %s', (inUse, waiting, status) => {
    expect(poolStatus({ inUse, waiting, maxOpen: 100 }, thresholds)).toBe(status);
  });

  it('is critical when somebody waits at the ceiling, however high the thresholds', () => {
    expect(poolStatus({ inUse: 4, waiting: 1, maxOpen: 4 }, { warningRatio: 1, criticalRatio: 1 })).toBe('critical');
  });

  it('is not alarmed by a connection that is only being opened', () => {
    expect(poolStatus({ inUse: 1, waiting: 1, maxOpen: 10 }, thresholds)).toBe('healthy');
  });
});
