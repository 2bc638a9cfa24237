import { checkFile, MOST_FILE_BYTES } from '../../../risk/import/connector-rows';
import { checked } from '../../checked';
import type { Connector, ConnectorContext } from '../../connector';
import { fetchFile } from '../../fetch-file';
import { fileSteps } from '../../file-steps';

/** A file at a URL, in every format that can be imported: fetched again and again, instead of uploaded by somebody. */
export const connector: Connector = {
  manifest: {
    slug: 'file',
    name: 'File at a URL',
    version: '1.0.0',
    author: 'OpenRisk',
    description:
      'A register, findings, SARIF log, plan of action (OSCAL) or catalogue as CSV, XLSX or JSON, as an import of it would read it. What is no longer in the file is marked as vanished.',
    category: 'file_import',
    status: 'ACTIVE',
    capabilities: ['risk_import'],
    documentation: 'https://github.com/openrisk/openrisk/blob/main/docs/import.md',
    license: 'Apache-2.0',
    requiredPermissions: ['risk:create', 'risk:update'],
    configSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['url'],
      properties: {
        url: { type: 'string', title: 'Address of the file', format: 'uri', 'x-target': true, maxLength: 2000 },
        authorization: {
          type: 'string',
          title: 'Header Authorization, as `Bearer ...`',
          writeOnly: true,
          minLength: 1,
          maxLength: 2000,
        },
      },
    },
  },

  async test(context) {
    return [
      await checked('The file can be read', async () =>
        checkFile(await fileOf(context), hintsOf(context), context.signal),
      ),
    ];
  },

  async *sync(context) {
    yield* fileSteps(await fileOf(context), hintsOf(context), context);
  },
};

function fileOf(context: ConnectorContext): Promise<Buffer> {
  const { url, authorization } = context.configuration;
  const headers: Record<string, string> = typeof authorization === 'string' ? { authorization } : {};
  return fetchFile(context, String(url), { headers, maxBytes: MOST_FILE_BYTES });
}

function hintsOf({ configuration }: ConnectorContext): { readonly fileName?: string } {
  const fileName = new URL(String(configuration['url'])).pathname.split('/').at(-1) ?? '';
  return fileName === '' ? {} : { fileName };
}
