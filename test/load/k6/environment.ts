export type ServerName = 'cached' | 'uncached';

export interface Server {
  readonly name: ServerName;
  readonly url: string;
  /** Of this process alone; without it the hit rate is only what its clients see. */
  readonly metricsUrl: string | undefined;
}

/** Of all durations; the users stay as many as they are. */
export const scale = Number(__ENV['LOAD_SCALE'] ?? '1');
/** Of all requests. */
export const shareOfWrites = Number(__ENV['LOAD_WRITES_PERCENT'] ?? '5') / 100;
export const mostUsers = Number(__ENV['LOAD_USERS'] ?? '1000');
export const soakMinutes = Number(__ENV['LOAD_MINUTES'] ?? '10');
export const emails = (__ENV['LOAD_EMAILS'] ?? 'admin@demo.openrisk.local').split(',');
export const password = __ENV['LOAD_PASSWORD'] ?? '';
export const tenant = __ENV['LOAD_TENANT'];

/** @throws Error when it was not named: a scenario needs a certain one */
export function serverCalled(name: ServerName): Server {
  const prefix = `LOAD_${name.toUpperCase()}`;
  const url = __ENV[`${prefix}_URL`];
  if (url === undefined) throw new Error(`Set ${prefix}_URL: this scenario asks the ${name} server.`);
  return { name, url, metricsUrl: __ENV[`${prefix}_METRICS_URL`] };
}
