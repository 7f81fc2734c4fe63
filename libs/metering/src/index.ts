export * from './amounts/index.js';
export * from './time/index.js';
export * from './json/index.js';
export * from './usage-event/index.js';
export * from './catalog/index.js';
export * from './meters/index.js';
export * from './rating/index.js';
export * from './account/index.js';
