import type { Page } from './dashboard';

// Every process tells the same numbers, each as of its own last reading.
export const business: Page = {
  uid: 'openrisk-business',
  title: 'OpenRisk: business',
  rows: {
    Risks: [
      {
        title: 'By severity',
        unit: 'short',
        queries: { '{{severity}}': 'sum by (severity) (max by (severity, status) (openrisk_risks))' },
      },
      {
        title: 'By status',
        unit: 'short',
        queries: { '{{status}}': 'sum by (status) (max by (severity, status) (openrisk_risks))' },
      },
      {
        title: 'Open, high and critical',
        unit: 'short',
        queries: {
          '{{severity}}':
            'sum by (severity) (max by (severity, status) (openrisk_risks{severity=~"HIGH|CRITICAL", status!~"MITIGATED|ACCEPTED|CLOSED"}))',
        },
      },
      { title: 'Overdue', unit: 'short', queries: { risks: 'max(openrisk_overdue_risks)' } },
      {
        title: 'More or fewer than a day before',
        unit: 'short',
        signed: true,
        queries: {
          '{{severity}}':
            'sum by (severity) (max by (severity, status) (openrisk_risks)) - sum by (severity) (max by (severity, status) (openrisk_risks offset 1d))',
        },
      },
      {
        title: 'Settled',
        unit: 'percentunit',
        queries: {
          share:
            'sum(max by (severity, status) (openrisk_risks{status=~"MITIGATED|ACCEPTED|CLOSED"})) / sum(max by (severity, status) (openrisk_risks))',
        },
      },
    ],
    'Treatment and acceptance': [
      {
        title: 'Mitigations',
        unit: 'short',
        queries: { '{{status}}': 'max by (status) (openrisk_mitigations)' },
      },
      { title: 'Overdue mitigations', unit: 'short', queries: { mitigations: 'max(openrisk_overdue_mitigations)' } },
      { title: 'Acceptances', unit: 'short', queries: { '{{state}}': 'max by (state) (openrisk_acceptances)' } },
    ],
    Installation: [{ title: 'Tenants', unit: 'short', queries: { tenants: 'max(openrisk_tenants)' } }],
  },
};
