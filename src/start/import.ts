import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../config/read-config';
import { Installation } from './installation';
import { importFile, logIn, logOut, type ImportSummary } from './import-client';
import { StartConfig } from './start.config';
import { startTemporarily, type Reachable } from './temporary-instance';

const usage = `Imports a file of risks through the API of a running OpenRisk.

Usage: npm run import -- --file <path> [options]

Options:
  --file <path>      CSV, XLSX or JSON; see docs/import.md for the formats
  --dry-run          show what would change, change nothing
  --mode <mode>      upsert (default), create: refuse what exists, or skip: leave what exists
  --format <format>  instead of finding it out from the file
  --url <url>        of the server; the one that \`npm start\` runs here unless given, else one for this import only
  --email <email>    manager@demo.openrisk.local unless given
  --tenant <slug>    for an account with several tenants
  --help             this text

The password comes from OPENRISK_PASSWORD; for the demo users it is known already.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      file: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      mode: { type: 'string', default: 'upsert' },
      format: { type: 'string' },
      url: { type: 'string' },
      email: { type: 'string', default: 'manager@demo.openrisk.local' },
      tenant: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || values.file === undefined) {
    process.stdout.write(usage);
    if (!values.help) throw new Error('--file is missing.');
    return;
  }
  const { file, format, tenant, email } = values;
  const bytes = await readFile(file).catch(() => {
    throw new Error(`There is no readable file ${file}.`);
  });
  const settings = readConfig(StartConfig, process.env);
  const installation = await Installation.open(settings.home);
  const demoPassword = settings.demoPassword ?? (await installation.secret('demo-password', 12));
  const server = await reach(values.url, installation, demoPassword);
  try {
    const token = await logIn(server.url, { email, password: settings.importPassword ?? demoPassword, tenant });
    const query = { mode: values.mode, dryRun: String(values['dry-run']), format, fileName: basename(file) };
    const mediaType = extname(file).toLowerCase() === '.csv' ? 'text/csv' : 'application/json';
    try {
      print(await importFile(server.url, token, { bytes, mediaType, query }));
    } finally {
      await logOut(server.url, token);
    }
  } finally {
    await server.close();
  }
}

async function reach(url: string | undefined, installation: Installation, demoPassword: string): Promise<Reachable> {
  const running = url ?? (await installation.runningInstance())?.url;
  if (running !== undefined) return { url: running.replace(/\/+$/, ''), close: () => Promise.resolve() };
  return startTemporarily(installation, demoPassword);
}

function print({ format, dryRun, counts, rows }: ImportSummary): void {
  for (const { row, outcome, externalId, problems = [] } of rows) {
    if (outcome !== 'failed' && outcome !== 'skipped') continue;
    const why = problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
    process.stdout.write(`row ${row}${externalId ? ` (${externalId})` : ''}: ${outcome}: ${why}\n`);
  }
  const told = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  process.stdout.write(`${dryRun ? 'Dry run, nothing was changed. ' : ''}Format ${format}: ${told.join(', ')}\n`);
  if (counts['failed']) process.exitCode = 2;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
