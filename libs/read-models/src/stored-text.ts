// Postgres text holds no U+0000, and dimension values may: it is written as a pair of noncharacters, the first of
// which is doubled where it stands for itself. Lone surrogates, which UTF-8 cannot hold, become U+FFFD.
const ESCAPE = '\uFDD0';
const ITSELF = '\uFDD1';
const NUL = '\uFDD2';
const SURROGATE = /\p{Surrogate}/u;
const SPECIAL = /[\0\uFDD0]/;

/** A text as Postgres can store it; the reverse of `fromStored` for every well-formed text. */
export function toStored(text: string): string {
  const wellFormed = toWellFormed(text);
  if (!SPECIAL.test(wellFormed)) return wellFormed;
  return wellFormed.replaceAll(ESCAPE, ESCAPE + ITSELF).replaceAll('\0', ESCAPE + NUL);
}

export function fromStored(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE + NUL, '\0').replaceAll(ESCAPE + ITSELF, ESCAPE);
}

/** `null` stays null. */
export const toStoredOrNull = (text: string | null): string | null => (text === null ? null : toStored(text));
export const fromStoredOrNull = (text: string | null): string | null => (text === null ? null : fromStored(text));

/** The text with U+FFFD for every lone surrogate. */
export const toWellFormed = (text: string): string =>
  SURROGATE.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;
