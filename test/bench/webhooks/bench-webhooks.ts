import { parseArgs } from 'node:util';
import { atTheEnd, cleanUpOnSignals } from '../../setup/cleanup';
import { preparePostgres } from '../../setup/postgres';
import { runAsProgram } from '../../setup/program';
import { createTestApp } from '../../support/test-app';
import { interleaved, ratioOf, spreadOf, timeOf, type Series } from '../cache/rounds';
import { openChangedRisk, type ChangedRisk } from './changed-risk';

const HELP = `npm run bench:webhooks -- [--rounds N] [--requests N]
  What a PATCH of a risk costs in tenants with 0, 1 and 5 webhooks that are told all events, over HTTP, asked in turns. Events
  are recorded; nothing is sent meanwhile. Ratios are of the same round; median and spread.
  --rounds N    (15)
  --requests N  of each in a round (40)
`;
const WEBHOOKS = [0, 1, 5];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      rounds: { type: 'string', default: '15' },
      requests: { type: 'string', default: '40' },
    },
  });
  const [rounds, requests] = [Number(values.rounds), Number(values.requests)];
  if (values.help || ![rounds, requests].every((number) => Number.isInteger(number) && number > 0)) {
    say(HELP);
    return;
  }
  cleanUpOnSignals();
  await preparePostgres();
  const app = await createTestApp({ env: { CACHE_STORE: 'none' } });
  atTheEnd(() => app.close());
  const risks: ChangedRisk[] = [];
  for (const webhooks of WEBHOOKS) risks.push(await openChangedRisk(app, webhooks));
  const series = await interleaved(
    risks.map((risk, index) => ({
      name: String(WEBHOOKS[index]),
      sample: async () => (await timeOf(() => changeOften(risk, requests))) / requests,
    })),
    rounds,
  );
  for (const risk of risks) await risk.assertTold((rounds + 1) * requests);
  say(tableOf(series));
}

async function changeOften(risk: ChangedRisk, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await risk.change();
}

function tableOf([none, ...others]: readonly Series[]): string {
  if (!none) return '';
  const lines = [none, ...others].map((series) => {
    const { median, min, max } = ratioOf(series, none);
    const ratio = series === none ? '1' : `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
    return `| ${series.name} | ${(spreadOf(series.samples).median / 1_000).toFixed(1)} ms | ${ratio} |`;
  });
  return ['| webhooks | a PATCH | ratio |', '| ---: | ---: | --- |', ...lines].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
