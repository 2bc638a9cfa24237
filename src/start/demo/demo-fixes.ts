/** What can be done about a kind of risk: each measure with its steps, in the order in which they are taken. */
export const demoFixes = {
  patching: [
    [
      'Bring all instances to the supported patch level',
      'List the affected versions',
      'Test the update',
      'Roll out',
      'Scan again',
    ],
    ['Automate monthly updates', 'Define maintenance windows', 'Switch on automatic updates'],
    ['Alert on new critical vulnerabilities', 'Subscribe to the vendor advisories', 'Send alerts to the on-call team'],
    ['Shield the service until it is patched', 'Write a filter rule', 'Verify it against the exploit'],
  ],
  replacement: [
    [
      'Choose a supported successor',
      'Collect requirements',
      'Compare three products',
      'Run a trial',
      'Decide',
      'Sign the contract',
    ],
    ['Migrate to the successor', 'Move a pilot group', 'Migrate the data', 'Move everybody', 'Switch the old one off'],
    ['Isolate the unsupported system', 'Move it to its own network segment', 'Allow named clients only'],
  ],
  secureCode: [
    ['Fix the finding and add a regression test', 'Reproduce it', 'Fix it', 'Test it', 'Deploy it'],
    ['Run static analysis on every change', 'Choose the rules', 'Fail the build on high findings'],
    [
      'Rotate exposed credentials',
      'List where they are used',
      'Issue new ones',
      'Revoke the old ones',
      'Scan the history',
    ],
    ['Repeat the penetration test', 'Agree on the scope', 'Retest the findings'],
  ],
  recovery: [
    [
      'Test the restore twice a year',
      'Write the runbook',
      'Restore to an empty environment',
      'Measure the time',
      'Report',
    ],
    ['Keep an offline copy of the backups', 'Buy immutable storage', 'Schedule the copy'],
    ['Add a second instance in another zone', 'Design the failover', 'Build it', 'Test it', 'Document it'],
    ['Rehearse the recovery plan', 'Invite all teams', 'Hold the exercise', 'Note the lessons', 'Update the plan'],
  ],
  detection: [
    [
      'Send logs to the central log management',
      'Install the agent',
      'Write the parsers',
      'Check for gaps',
      'Set the retention',
    ],
    ['Install endpoint detection everywhere', 'Cover the servers', 'Cover the workstations'],
    ['Set alert thresholds and an on-call rota', 'Choose the thresholds', 'Publish the rota'],
  ],
  network: [
    ['Segment the network', 'Map the traffic', 'Define the zones', 'Enforce in observation mode', 'Enforce'],
    ['Switch off unencrypted protocols', 'Find the remaining users', 'Disable the protocols'],
    ['Put protection against denial of service in front', 'Choose a provider', 'Move the addresses'],
  ],
  cloud: [
    [
      'Block public access by policy',
      'List the public resources',
      'Agree on exceptions',
      'Enforce the policy',
      'Alert on violations',
    ],
    ['Check templates before they are deployed', 'Write the rules', 'Add them to the pipeline'],
  ],
  access: [
    [
      'Enforce single sign-on with a second factor',
      'Connect the directory',
      'Pilot',
      'Roll out',
      'Disable local accounts',
    ],
    ['Review access rights each quarter', 'Name an owner of the data', 'Hold the first review'],
    ['Reduce rights to what is used', 'Record what is used for a month', 'Remove the rest'],
    ['Connect the system to the leaver process', 'Map the accounts', 'Remove the orphans'],
  ],
  awareness: [
    [
      'Train employees with exercises',
      'Prepare the material',
      'Run the first exercise',
      'Train the groups at risk',
      'Repeat',
    ],
    ['Write down how the system is run', 'Interview the expert', 'Publish the runbook'],
    ['Train a deputy', 'Choose the deputy', 'Hand over one duty after the other'],
  ],
  supplier: [
    ['Renegotiate the contract', 'Draft the security terms', 'Negotiate', 'Have them checked by legal', 'Sign'],
    ['Ask for a current audit report', 'Request the report', 'Assess the findings'],
    ['Qualify a second source', 'Shortlist candidates', 'Place a trial order'],
  ],
  privacy: [
    [
      'Delete data that is no longer needed',
      'Set the retention periods',
      'Build the deletion run',
      'Approve',
      'Run it',
    ],
    ['Mask personal data in copies', 'List the fields', 'Automate the masking'],
    ['Encrypt with keys kept elsewhere', 'Set up the key service', 'Encrypt the volumes'],
  ],
  process: [
    [
      'Require a second pair of eyes',
      'Define who approves what',
      'Configure the workflow',
      'Train the teams',
      'Check a sample',
    ],
    ['Reconcile exceptions each month', 'Write the report', 'Assign an owner'],
    ['Agree on a plan with the auditor', 'Draft the plan', 'Have it accepted'],
  ],
  site: [
    ['Renew the detectors and doors', 'Survey the site', 'Order', 'Install', 'Accept'],
    ['Test under load every year', 'Schedule the test', 'Record the result'],
    ['Brief employees and reception', 'Write the leaflet', 'Hold the briefing'],
  ],
} as const satisfies Record<string, readonly (readonly [measure: string, ...steps: string[]])[]>;

export type FixKind = keyof typeof demoFixes;
