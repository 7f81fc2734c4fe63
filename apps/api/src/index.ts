export { ApiModule } from './api.module.js';
export { apiConfigFrom, InvalidSetting } from './api-config.js';
export type { ApiConfig } from './api-config.js';
export type { ApiParts } from './api-parts.js';
export { startApi } from './start-api.js';
export type { RunningApi } from './start-api.js';
export { topicsOf } from './topics.js';
export type { Topics } from './topics.js';
