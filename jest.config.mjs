// Run by `npm test`, `npm run check` and `npm run test:data`; directly as:
// node --experimental-vm-modules node_modules/jest/bin/jest.js <path>
const project = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@app/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  // Tests on real processes wait more than they work: two cores carry three of them at once.
  maxWorkers: 3,
  // Only a failure meets it: a busy machine must not, nor faults that last as long as in a soak.
  testTimeout: 300_000 + 900_000 * Number(process.env.FAULT_SCALE ?? 0),
  projects: [
    // Pure and instant, beside the source.
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,bench,examples}/**/*.spec.ts'] },
    // On the embedded parts: Postgres from npm, real processes, real HTTP.
    {
      ...project,
      displayName: 'embedded',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      testPathIgnorePatterns: [
        '<rootDir>/test/data/',
        '<rootDir>/test/kafka/',
        '<rootDir>/test/kurrentdb/',
        '<rootDir>/test/machine/',
        '/node_modules/',
      ],
    },
    // On the sample data (npm run test:data).
    { ...project, displayName: 'data', testMatch: ['<rootDir>/test/data/**/*.spec.ts'] },
  ],
};
