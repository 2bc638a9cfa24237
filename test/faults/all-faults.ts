import { acceptanceFaults } from './acceptance-faults';
import { auditFaults } from './audit-faults';
import { authenticationFaults } from './authentication-faults';
import { authorizationFaults } from './authorization-faults';
import { cacheFaults } from './cache-faults';
import type { Fault } from './fault';
import { isolationFaults } from './isolation-faults';
import { rightsFaults } from './rights-faults';

export const ALL_FAULTS: readonly Fault[] = [
  ...isolationFaults,
  ...authenticationFaults,
  ...authorizationFaults,
  ...rightsFaults,
  ...auditFaults,
  ...acceptanceFaults,
  ...cacheFaults,
];
