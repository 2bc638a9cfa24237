import { readConfig } from '../config/read-config';
import { TracingConfig } from './tracing.config';

const headersOf = (OTEL_EXPORTER_OTLP_HEADERS: string): Record<string, string> =>
  readConfig(TracingConfig, { OTEL_EXPORTER_OTLP_HEADERS }).headerValues();

describe('settings of tracing', () => {
  it('are off unless an endpoint is named', () => {
    expect(readConfig(TracingConfig, {}).endpoint).toBeUndefined();
  });

  it('name headers for the collector', () => {
    expect(headersOf('')).toEqual({});
    expect(headersOf('x-key=a%20b=,x-tenant=1')).toEqual({ 'x-key': 'a b=', 'x-tenant': '1' });
  });

  it.each([
    { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=%' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'no header' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:password@collector:4318' },
    { OTEL_TRACES_SAMPLER_ARG: '2' },
  ])('refuse %j', (env) => {
    expect(() => readConfig(TracingConfig, env)).toThrow(Object.keys(env)[0]);
  });
});
