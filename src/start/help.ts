import { describeSettings } from '../config/describe-config';

/** What `npm start -- --help` prints. The settings come from the config classes themselves. */
export function helpText(): string {
  const settings = describeSettings().map(({ name, about, form, defaultValue }) => {
    const value = defaultValue === undefined ? form : `${form}; default ${defaultValue}`;
    return `  ${name}\n      ${about} (${value})`;
  });
  return `OpenRisk: a risk register with an API, for many tenants.

Usage: npm start -- [options]

Starts the API, Swagger UI and metrics. Without DATABASE_URL it runs a Postgres of its own, whose data stays in
.openrisk; without REDIS_URL it caches in memory. The first start creates the demo tenant.

Options:
  --port <n>    same as PORT
  --no-demo     do not create the demo tenant
  --help        this text

Settings, as environment variables:
${settings.join('\n')}
`;
}
