/** Injection tokens: collaborators are interfaces, which have no class to be named by. */
export const PARTS = Symbol('api parts');
export const CURSORS = Symbol('cursors');
export const AUTHENTICATOR = Symbol('authenticator');
export const RATE_LIMITER = Symbol('rate limiter');
export const INGESTION = Symbol('ingestion');
export const COMMANDS = Symbol('commands');
export const REQUEST_METRICS = Symbol('request metrics');
export const OPENAPI = Symbol('openapi document');
export const FEED_LAG = Symbol('feed lag');
export const FOLDED_USAGE = Symbol('folded usage');
export const PAYMENT_SETTLEMENT = Symbol('payment settlement');
export const RECHARGE_EXECUTOR = Symbol('recharge executor');
export const NOTIFICATION_DISPATCHER = Symbol('notification dispatcher');
export const QUERIES = Symbol('queries');
export const TOPICS = Symbol('topics');
