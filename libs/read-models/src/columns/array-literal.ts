const SPECIAL = /["\\]/g;

/** The text of a Postgres array of texts, for a column of arrays: rows of one statement cannot have arrays otherwise. */
export const arrayLiteral = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(SPECIAL, String.raw`\$&`)}"`).join(',')}}`;
