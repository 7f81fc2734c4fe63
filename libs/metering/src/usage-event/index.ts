export { QUARANTINE_REASONS, FOREIGN_SUBJECT, type QuarantineReason } from './quarantine-reason.js';
export type {
  UsageEvent,
  FieldError,
  EventFieldError,
  EventRefusal,
  EventParseResult,
  EventCheckResult,
} from './usage-event.js';
export { isName, isScalarText, NAME_SCALARS_MAX } from './name.js';
export {
  parseStructuredEvent,
  parseBinaryEvent,
  checkStructuredEvent,
  DATA_PROPERTIES_MAX,
} from './parse-usage-event.js';
