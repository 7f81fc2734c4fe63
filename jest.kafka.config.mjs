// Run by `npm run test:kafka`: what needs a real Kafka.
import base from './jest.config.mjs';

const embedded = base.projects.find(({ displayName }) => displayName === 'embedded');

export default {
  ...embedded,
  displayName: 'kafka',
  testMatch: ['<rootDir>/test/kafka/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/support/kafka/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/kafka/global-teardown.mjs',
  testTimeout: base.testTimeout,
  maxWorkers: 1,
};
