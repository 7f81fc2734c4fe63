/** Where the aggregator says what happened; pino fits. No payloads, no secrets. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What a log line keeps of an error: its code and message, no stack and no data. */
export function describeError(error: unknown): { readonly error: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return { error: `${error.name}: ${error.message}${cause}` };
}
