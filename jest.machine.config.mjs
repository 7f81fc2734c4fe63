// Run by `npm run test:machine`: what needs a right of the machine that not every user has, to mount a file system.
import base from './jest.config.mjs';

const embedded = base.projects.find(({ displayName }) => displayName === 'embedded');

export default {
  ...embedded,
  displayName: 'machine',
  testMatch: ['<rootDir>/test/machine/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: base.testTimeout,
  maxWorkers: 1,
};
