/** Unicode scalars of a name at most: id, source, type, subject; a dimension's value too. */
export const NAME_SCALARS_MAX = 255;

/** 1 to 255 Unicode scalars, no control characters, no lone surrogates, no outer white space. */
export function isName(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > 2 * NAME_SCALARS_MAX) return false;
  let isAscii = true;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return false;
    if (code > 0x7f) isAscii = false;
  }
  if (isAscii) return length <= NAME_SCALARS_MAX && text.charCodeAt(0) !== 0x20 && text.charCodeAt(length - 1) !== 0x20;
  return !/[\u0080-\u009f]/.test(text) && text.trim() === text && isScalarText(text, NAME_SCALARS_MAX);
}

/** Whether the text has at most `scalarsMax` Unicode scalars and no lone surrogate. */
export function isScalarText(text: string, scalarsMax: number): boolean {
  let scalars = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    scalars += 1;
    if (scalars > scalarsMax) return false;
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(at + 1);
      if (code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
      at += 1;
    }
  }
  return true;
}
