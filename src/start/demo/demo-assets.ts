import type { Criticality } from '../../risk/risk-score';

export type AssetType =
  'Application' | 'Database' | 'Server' | 'Network' | 'Endpoint' | 'Cloud service' | 'Supplier' | 'Site' | 'Process';

/** What the demo company, a maker of instruments with a web shop, depends on. */
export const demoAssets: Readonly<Record<AssetType, readonly (readonly [name: string, criticality: Criticality])[]>> = {
  Application: [
    ['Customer portal', 'CRITICAL'],
    ['Web shop', 'CRITICAL'],
    ['SAP S/4HANA', 'CRITICAL'],
    ['Identity provider', 'CRITICAL'],
    ['Payment gateway', 'HIGH'],
    ['CRM', 'HIGH'],
    ['Partner API', 'HIGH'],
    ['Mobile app', 'HIGH'],
    ['Payroll system', 'HIGH'],
    ['Document management', 'MEDIUM'],
    ['Ticketing system', 'MEDIUM'],
    ['Learning platform', 'LOW'],
    ['Intranet wiki', 'LOW'],
    ['Marketing website', 'LOW'],
  ],
  Database: [
    ['Orders database', 'CRITICAL'],
    ['Customer master data', 'CRITICAL'],
    ['HR database', 'HIGH'],
    ['Data warehouse', 'HIGH'],
    ['Product catalogue database', 'MEDIUM'],
    ['Analytics sandbox', 'LOW'],
  ],
  Server: [
    ['Domain controllers', 'CRITICAL'],
    ['Virtualisation cluster', 'CRITICAL'],
    ['Kubernetes production cluster', 'CRITICAL'],
    ['Backup server', 'HIGH'],
    ['File server', 'MEDIUM'],
    ['CI build runners', 'MEDIUM'],
    ['Print server', 'LOW'],
    ['Kubernetes test cluster', 'LOW'],
  ],
  Network: [
    ['Perimeter firewall', 'CRITICAL'],
    ['VPN gateway', 'HIGH'],
    ['Production line network', 'CRITICAL'],
    ['Data centre core switches', 'HIGH'],
    ['Office Wi-Fi', 'MEDIUM'],
    ['Guest Wi-Fi', 'LOW'],
  ],
  Endpoint: [
    ['Engineering workstations', 'HIGH'],
    ['Sales laptops', 'MEDIUM'],
    ['Warehouse scanners', 'MEDIUM'],
    ['Meeting room screens', 'LOW'],
  ],
  'Cloud service': [
    ['AWS production account', 'CRITICAL'],
    ['Microsoft 365', 'CRITICAL'],
    ['Object storage for invoices', 'HIGH'],
    ['GitHub organisation', 'HIGH'],
    ['Container registry', 'HIGH'],
    ['Log management service', 'MEDIUM'],
    ['AWS development account', 'LOW'],
    ['Newsletter service', 'LOW'],
  ],
  Supplier: [
    ['Payment processor', 'CRITICAL'],
    ['Managed security provider', 'HIGH'],
    ['Logistics partner', 'HIGH'],
    ['Payroll bureau', 'HIGH'],
    ['Translation agency', 'LOW'],
    ['Cleaning company', 'LOW'],
  ],
  Site: [
    ['Data centre Frankfurt', 'CRITICAL'],
    ['Plant Brno', 'HIGH'],
    ['Headquarters Vienna', 'MEDIUM'],
    ['Sales office Lyon', 'LOW'],
  ],
  Process: [
    ['Order to cash', 'CRITICAL'],
    ['Software release', 'HIGH'],
    ['Employee onboarding and offboarding', 'MEDIUM'],
    ['Supplier selection', 'MEDIUM'],
  ],
};
