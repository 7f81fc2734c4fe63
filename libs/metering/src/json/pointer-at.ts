import { jsonPointer } from './json-pointer.js';

/** The JSON pointer of the value that begins at `offset`. `text` is valid JSON. */
export function pointerAt(text: string, offset: number): string {
  // One step for each open array (its index) and object (its latest key).
  const path: (number | string)[] = [];
  let isKeyNext = false;
  for (let at = 0; at < offset; at += 1) {
    const last = path.length - 1;
    switch (text.charAt(at)) {
      case '"': {
        const end = endOfString(text, at);
        if (isKeyNext) path[last] = JSON.parse(text.slice(at, end + 1)) as string;
        isKeyNext = false;
        at = end;
        break;
      }
      case '{':
        path.push('');
        isKeyNext = true;
        break;
      case '[':
        path.push(0);
        break;
      case '}':
      case ']':
        path.pop();
        isKeyNext = false;
        break;
      case ',': {
        const step = path[last];
        if (typeof step === 'number') path[last] = step + 1;
        else isKeyNext = true;
      }
    }
  }
  return jsonPointer(path);
}

/** Index of the quote that closes the string opened at `start`; the text's end when none does. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
  }
  return text.length;
}
