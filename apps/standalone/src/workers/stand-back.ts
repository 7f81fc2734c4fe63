import { constants, getPriority, setPriority } from 'node:os';

const STEPS = 5;

/**
 * Lets this thread stand back while all want the processors: who asks the API is answered first, and usage is folded in
 * larger batches by what is left, a quarter at the least. Only Linux gives a thread a priority of its own; elsewhere the
 * parts stay equal.
 */
export function standBack(): void {
  if (process.platform === 'linux') setPriority(Math.min(getPriority() + STEPS, constants.priority.PRIORITY_LOW));
}
