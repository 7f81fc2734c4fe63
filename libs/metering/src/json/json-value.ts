export type JsonValue = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];

/**
 * An object as JSON.parse makes it. Its keys are the user's (`__proto__` is an own property like any other):
 * read it with Object.keys and `ownValue`, never with `in`.
 */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** The object's own value of that name; what it inherits (`constructor`, `toString`) counts as absent. */
export function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  const value = object[key];
  // What every object inherits is functions and one object: only where one of these is found is there a doubt.
  if (typeof value !== 'object' && typeof value !== 'function') return value;
  return Object.hasOwn(object, key) ? value : undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
