export { ownValue, isJsonObject, type JsonValue, type JsonArray, type JsonObject } from './json-value.js';
export { JSON_LIMITS } from './json-limits.js';
export { parseJsonExactly, type JsonParseResult, type JsonError } from './parse-json-exactly.js';
export { jsonPointer } from './json-pointer.js';
export { PIECE, tellContent, type ContentSink, type PieceKind } from './tell-content.js';
export { decimalOfNumber } from './decimal-of-number.js';
