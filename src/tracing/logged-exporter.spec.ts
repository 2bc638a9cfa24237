import { Logger } from '@nestjs/common';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { LoggedExporter } from './logged-exporter';

describe('a collector', () => {
  it('that takes no spans is told of once, and once that it does again', () => {
    const told: string[] = [];
    const tell = (text: string): number => told.push(text);
    Logger.overrideLogger({ log: tell, warn: tell, error: tell });
    const answers = [undefined, new Error('Refused'), new Error('Refused again'), undefined, undefined];
    const waiting = [...answers];
    const collector = { export: (_: unknown, done: (result: object) => void) => done({ error: waiting.shift() }) };
    const exporter = new LoggedExporter(collector as unknown as SpanExporter);
    const passedOn: (Error | undefined)[] = [];
    for (const _answer of answers) exporter.export([], ({ error }) => passedOn.push(error));
    expect(told).toEqual(['Traces are lost: Refused', 'Traces arrive again']);
    expect(passedOn).toEqual(answers);
  });
});
