import { EXAMPLE_ADMIN_ID, EXAMPLE_ID } from '../../http/example-id';
import type { RoleKey } from '../../rbac/role-matrix';

export interface DemoPerson {
  /** Where the examples of the documentation name them. */
  readonly id?: string;
  readonly email: string;
  readonly name: string;
  readonly role: RoleKey;
}

/**
 * First one account per role, for whoever tries the demo; the admin owns the tenant. Then colleagues who own risks too:
 * they share the demo's password, so that one can see the register as somebody with a smaller part in it. None of them
 * may do more than the manager.
 */
export const demoPeople: readonly [DemoPerson, ...DemoPerson[]] = [
  { id: EXAMPLE_ADMIN_ID, email: 'admin@demo.openrisk.local', name: 'Alma Horvath', role: 'admin' },
  { email: 'manager@demo.openrisk.local', name: 'Mateo Rossi', role: 'manager' },
  { email: 'analyst@demo.openrisk.local', name: 'Anna Lindqvist', role: 'analyst' },
  { email: 'viewer@demo.openrisk.local', name: 'Viktor Novak', role: 'viewer' },
  { email: 'grace.okafor@demo.openrisk.local', name: 'Grace Okafor', role: 'manager' },
  { email: 'jonas.weber@demo.openrisk.local', name: 'Jonas Weber', role: 'manager' },
  { email: 'priya.nair@demo.openrisk.local', name: 'Priya Nair', role: 'analyst' },
  { email: 'tomas.svoboda@demo.openrisk.local', name: 'Tomáš Svoboda', role: 'analyst' },
  { email: 'lea.moreau@demo.openrisk.local', name: 'Léa Moreau', role: 'analyst' },
  { email: 'daniel.kim@demo.openrisk.local', name: 'Daniel Kim', role: 'analyst' },
  { email: 'sofia.almeida@demo.openrisk.local', name: 'Sofia Almeida', role: 'analyst' },
  { id: EXAMPLE_ID, email: 'marta.kowalska@demo.openrisk.local', name: 'Marta Kowalska', role: 'analyst' },
];
