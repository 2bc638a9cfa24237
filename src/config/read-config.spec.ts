import { Test } from '@nestjs/testing';
import { ConfigModule, provideConfig } from './config.module';
import { describeSettings } from './describe-config';
import { Env } from './env.decorator';
import { checkEnvironment, InvalidConfiguration, readConfig } from './read-config';

class SampleConfig {
  @Env('SAMPLE_WAIT_MS', { about: 'How long to wait.', kind: 'integer', unit: 'ms', min: 50, max: 60_000 })
  readonly waitMs: number = 500;

  @Env('SAMPLE_RATIO', { about: 'A share.', kind: 'number', min: 0, max: 1 })
  readonly ratio: number = 0.5;

  @Env('SAMPLE_ON', { about: 'A switch.', kind: 'flag' })
  readonly on: boolean = true;

  @Env('SAMPLE_MODE', { about: 'A mode.', kind: 'choice', choices: ['slow', 'fast'] })
  readonly mode: 'slow' | 'fast' = 'slow';

  @Env('SAMPLE_SECRET', { about: 'A secret.', kind: 'text', secret: true, minLength: 8 })
  readonly secret?: string;

  problems(): string[] {
    return this.mode === 'fast' && this.waitMs > 1000 ? ['SAMPLE_WAIT_MS is too long for SAMPLE_MODE=fast'] : [];
  }
}

describe('readConfig', () => {
  it('keeps the defaults when nothing, or only blanks, is set', () => {
    expect(readConfig(SampleConfig, { SAMPLE_WAIT_MS: '  ' })).toEqual({
      waitMs: 500,
      ratio: 0.5,
      on: true,
      mode: 'slow',
    });
  });

  it('reads every kind', () => {
    const env = {
      SAMPLE_WAIT_MS: '60000',
      SAMPLE_RATIO: '0.25',
      SAMPLE_ON: 'false',
      SAMPLE_MODE: 'slow',
      SAMPLE_SECRET: 'long enough',
    };
    expect(readConfig(SampleConfig, env)).toMatchObject({
      waitMs: 60_000,
      ratio: 0.25,
      on: false,
      mode: 'slow',
      secret: 'long enough',
    });
  });

  it.each([
    ['SAMPLE_WAIT_MS', '49'],
    ['SAMPLE_WAIT_MS', '1e3'],
    ['SAMPLE_WAIT_MS', '0x40'],
    ['SAMPLE_WAIT_MS', '100.5'],
    ['SAMPLE_WAIT_MS', 'NaN'],
    ['SAMPLE_RATIO', '1.01'],
    ['SAMPLE_ON', 'yes'],
    ['SAMPLE_MODE', 'toString'],
  ])('refuses %s=%s and says so', (name, value) => {
    expect(() => readConfig(SampleConfig, { [name]: value })).toThrow(`${name}="${value}" must be`);
  });

  it('lists every problem at once and never prints a secret', () => {
    const bad = { SAMPLE_WAIT_MS: 'x', SAMPLE_ON: 'maybe', SAMPLE_SECRET: 'hunter2' };
    const error = caught(() => checkEnvironment(bad));
    expect(error.problems).toHaveLength(3);
    expect(error.message).toContain('SAMPLE_SECRET must be at least 8 characters long');
    expect(error.message).not.toContain('hunter2');
  });

  it('asks a class for problems that span its fields', () => {
    const env = { SAMPLE_MODE: 'fast', SAMPLE_WAIT_MS: '2000' };
    expect(() => readConfig(SampleConfig, env)).toThrow('too long for SAMPLE_MODE=fast');
  });
});

describe('describeSettings', () => {
  it('tells form, unit and default of every setting', () => {
    expect(describeSettings()).toContainEqual({
      name: 'SAMPLE_WAIT_MS',
      about: 'How long to wait.',
      form: '50 to 60000 ms',
      defaultValue: '500',
    });
  });
});

describe('provideConfig', () => {
  it('reads the environment that the application was given', async () => {
    const app = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment({ SAMPLE_WAIT_MS: '77' })],
      providers: [provideConfig(SampleConfig)],
    }).compile();
    expect(app.get(SampleConfig).waitMs).toBe(77);
  });
});

function caught(work: () => void): InvalidConfiguration {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
