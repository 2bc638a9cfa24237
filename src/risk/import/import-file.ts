import { MAX_IMPORT_BYTES } from './import-limits';

/** CSV comes under many names: of browsers that know better, of Windows with Excel, of those that know nothing. */
export const IMPORT_MEDIA_TYPES = [
  'application/json',
  'text/csv',
  'text/plain',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
];

export const IMPORT_FILE_SCHEMA = {
  oneOf: [
    { type: 'object', additionalProperties: true, description: 'JSON' },
    { type: 'string', maxLength: MAX_IMPORT_BYTES, description: 'CSV, or JSON under another media type' },
  ],
  example: {
    risks: [
      { title: 'Ransomware on file servers', probability: 3, impact: 5, category: 'Malware', externalId: 'REG-1' },
    ],
  },
};
