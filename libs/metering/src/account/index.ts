export type * from './account-events.js';
export { feedKey, initialState } from './account-state.js';
export type * from './account-state.js';
