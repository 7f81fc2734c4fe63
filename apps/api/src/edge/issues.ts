import { jsonPointer } from '@app/metering';
import type { z } from 'zod';
import type { ProblemItem } from './problem.js';

type Issue = z.core.$ZodIssue;

/** What zod found, as items of a problem: JSON pointers, and the codes `Required`, `UnknownField` and `Invalid`. */
export function itemsOf(error: z.ZodError): ProblemItem[] {
  return error.issues.flatMap(itemsOfIssue);
}

function itemsOfIssue(issue: Issue): ProblemItem[] {
  const pointer = jsonPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: jsonPointer([...issue.path, key]),
      code: 'UnknownField',
      detail: `${shown(key)} is not known here`,
    }));
  }
  const field = issue.path.length === 0 ? 'the body' : shown(String(issue.path.at(-1)));
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [{ pointer, code: 'Required', detail: `${field} is missing` }];
  }
  const isSentence = issue.code === 'custom' || !/^(Invalid|Too|Unrecognized)/.test(issue.message);
  return [
    { pointer, code: 'Invalid', detail: isSentence ? `${field} ${issue.message}` : `${field}: ${issue.message}` },
  ];
}

// A client's own key is shown back shortened, so that an answer is never much larger than its cause.
const shown = (key: string): string => (key.length > 64 ? `${key.slice(0, 64)}…` : key);
