import { pino } from 'pino';
import type { LogFn, Logger, LoggerOptions } from 'pino';
import { LineBudget } from './line-budget.js';

/** Lines that wait while nobody takes them; what comes on top is dropped. */
const WAITING_BYTES_MAX = 1024 * 1024;
const STDOUT = 1;

/**
 * A log of JSON lines on standard output, or on another file. Lines that cannot be written are lost: a full disk for
 * logs, or a reader that went away, must not end the process that counts usage. Of lines that repeat themselves many
 * are left out, and counted: see `LineBudget`.
 */
export function createLog(options: LoggerOptions, file: number | string = STDOUT): Logger {
  const destination = pino.destination({ dest: file, sync: true, maxLength: WAITING_BYTES_MAX });
  destination.on('error', () => undefined);
  return pino({ ...options, hooks: { logMethod: within(new LineBudget(() => performance.now())) } }, destination);
}

function within(budget: LineBudget): (this: Logger, args: Parameters<LogFn>, method: LogFn) => void {
  return function write(args, method) {
    for (const [message, lines] of budget.turn())
      method.apply(this, [{ leftOut: message, lines }, 'Lines were left out']);
    const [first, second]: readonly unknown[] = args;
    if (budget.take(String(typeof first === 'string' ? first : second))) method.apply(this, args);
  };
}
