export { startTestPostgres } from './start-test-postgres.js';
export type { TestPostgres } from './start-test-postgres.js';
