export { ownValue, isJsonObject, type JsonValue, type JsonArray, type JsonObject } from './json-value.js';
export { JSON_LIMITS } from './json-limits.js';
export { parseJsonExactly, type JsonParseResult, type JsonError } from './parse-json-exactly.js';
export { jsonPointer } from './json-pointer.js';
export { canonicalContent } from './canonical-content.js';
export { decimalOfNumber } from './decimal-of-number.js';
