/** The bytes of each item of a JSON array that is known to be valid UTF-8 and valid JSON: views, in order. */
export function splitJsonArray(bytes: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  let depth = 0;
  let start = -1;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] ?? 0;
    if (code === QUOTE) {
      if (start < 0 && depth === 1) start = at;
      at = endOfString(bytes, at);
    } else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (start < 0 && depth === 1) start = at;
      depth += 1;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0 && start >= 0) items.push(bytes.subarray(start, at));
    } else if (code === COMMA && depth === 1) {
      if (start >= 0) items.push(bytes.subarray(start, at));
      start = -1;
    } else if (start < 0 && depth === 1 && code > SPACE) start = at;
  }
  return items;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SPACE = 0x20;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Bytes of characters beyond ASCII are all above it: a quote is a quote. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const code = bytes[at];
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return bytes.length;
}
