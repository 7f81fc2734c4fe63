import type { z } from 'zod';
import { isJsonObject } from '../json/json-value.js';
import type { FieldError } from '../usage-event/usage-event.js';
import { CATALOG_LIMITS } from './catalog-limits.js';
import { catalogSchema, type CatalogDocument } from './catalog-schema.js';
import { checkConsistency } from './check-consistency.js';
import { ErrorList } from './error-list.js';

export type CatalogValidation = { readonly catalog: CatalogDocument } | { readonly errors: readonly FieldError[] };

/** A whole document as a catalog, or every fault of it with a pointer: first each field, then what they say of each other. */
export function validateCatalog(document: unknown): CatalogValidation {
  const errors = new ErrorList(CATALOG_LIMITS.errorsMax);
  refuseProtoKeys(document, errors);
  if (errors.items.length > 0) return { errors: errors.items };
  const parsed = catalogSchema.safeParse(document);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) addIssue(errors, issue, document);
    return { errors: errors.items };
  }
  checkConsistency(parsed.data, errors);
  return errors.items.length > 0 ? { errors: errors.items } : { catalog: parsed.data };
}

/** Records would drop a key `__proto__` silently, and a price with it; no dimension or pool needs it. */
function refuseProtoKeys(document: unknown, errors: ErrorList): void {
  const waiting: { readonly value: unknown; readonly path: readonly PropertyKey[] }[] = [{ value: document, path: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path } = next;
    if (Array.isArray(value)) value.forEach((item, index) => waiting.push({ value: item, path: [...path, index] }));
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (key === '__proto__') errors.add([...path, key], 'InvalidName', '__proto__ is no key of a catalog');
        waiting.push({ value: item, path: [...path, key] });
      }
    }
  }
}

function addIssue(errors: ErrorList, issue: z.core.$ZodIssue, document: unknown): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) errors.add([...issue.path, key], 'UnknownField', 'unknown field');
    return;
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The variant that fits best says the most.
    const best = issue.errors.reduce((one, other) => (other.length < one.length ? other : one));
    for (const inner of best) addIssue(errors, { ...inner, path: [...issue.path, ...inner.path] }, document);
    return;
  }
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code'];
    errors.add(issue.path, typeof code === 'string' ? code : 'Invalid', issue.message);
    return;
  }
  errors.add(
    issue.path,
    valueAt(document, issue.path) === undefined ? 'Required' : (CODES.get(issue.code) ?? 'Invalid'),
    issue.message,
  );
}

const CODES = new Map<string, string>([
  ['invalid_type', 'InvalidType'],
  ['invalid_value', 'InvalidValue'],
  ['invalid_union', 'InvalidValue'],
  ['too_big', 'TooLarge'],
  ['too_small', 'TooSmall'],
  ['invalid_format', 'InvalidFormat'],
  ['invalid_key', 'InvalidName'],
]);

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return value;
}
