/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*-spec.ts'],
  // Three applications under chaos want the machine for themselves: `npm run test:history`, behind the others.
  testPathIgnorePatterns: ['/node_modules/', '/test/history/history.int-spec'],
  transform: { '^.+\\.[jt]s$': '@swc/jest' },
  // Jest 30 on Node 20 cannot require() ESM packages, nor import() as OpenTelemetry does: these are transformed like our own sources.
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|@opentelemetry|cookie|uuid|content-disposition|p-limit|yocto-queue|file-type)/)',
  ],
  setupFiles: ['reflect-metadata', '<rootDir>/test/setup/source-threads.ts'],
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  maxWorkers: 2,
  // What test files leave behind in a worker adds up to gigabytes, and the last files become slow.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 120_000,
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
  coverageReporters: ['text-summary', 'lcov'],
};
