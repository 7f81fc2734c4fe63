import { pino } from 'pino';
import type { Logger, LoggerOptions } from 'pino';

/** Lines that wait while nobody takes them; what comes on top is dropped. */
const WAITING_BYTES_MAX = 1024 * 1024;
const STDOUT = 1;

/**
 * A log of JSON lines on standard output, or on another file. Lines that cannot be written are lost: a full disk for
 * logs, or a reader that went away, must not end the process that counts usage.
 */
export function createLog(options: LoggerOptions, file: number | string = STDOUT): Logger {
  const destination = pino.destination({ dest: file, sync: true, maxLength: WAITING_BYTES_MAX });
  destination.on('error', () => undefined);
  return pino(options, destination);
}
