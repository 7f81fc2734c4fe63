export { createLog } from './create-log.js';
export type { Logger } from 'pino';
