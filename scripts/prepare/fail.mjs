/** Ends the command with what went wrong and what to do, without a stack that helps nobody. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
