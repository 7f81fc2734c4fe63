// Run by `npm run test:kurrentdb`, with KURRENTDB_URL=esdb://…: what needs a real KurrentDB or EventStoreDB.
import base from './jest.config.mjs';

const embedded = base.projects.find(({ displayName }) => displayName === 'embedded');

export default {
  ...embedded,
  displayName: 'kurrentdb',
  testMatch: ['<rootDir>/test/kurrentdb/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: base.testTimeout,
  maxWorkers: 1,
};
