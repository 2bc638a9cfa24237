import type { Served } from '../serve';

const startedAt = Date.now();

/** One line of progress, with the seconds since the start. */
export function report(line: string): void {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

/** @param demoPassword undefined without a demo tenant */
export function welcome({ url, metricsUrl }: Served, demoPassword: string | undefined): void {
  report('OpenRisk is running');
  const demo =
    demoPassword === undefined
      ? ''
      : `
  Demo users   viewer@demo.openrisk.local   analyst@demo.openrisk.local
               manager@demo.openrisk.local  admin@demo.openrisk.local
  Password     ${demoPassword}
`;
  process.stdout.write(`
  API          ${url}/api/v1
  Swagger UI   ${url}/docs
  OpenAPI      ${url}/openapi.json
  Metrics      ${metricsUrl}
${demo}
  Ctrl-C stops it.
`);
}
