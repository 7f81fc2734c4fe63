/** Texts of the items of a JSON array that is known to be valid: for telling which of them is faulty. */
export function splitJsonArray(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      if (start < 0 && depth === 1) start = at;
      at = endOfString(text, at);
    } else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (start < 0 && depth === 1) start = at;
      depth += 1;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0 && start >= 0) items.push(text.slice(start, at));
    } else if (code === COMMA && depth === 1) {
      if (start >= 0) items.push(text.slice(start, at));
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

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}
