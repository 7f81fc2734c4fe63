import * as z from 'zod';
import { CorruptEvent, NewerEventVersion } from './codec-errors.js';
import { CODEC_LIMITS } from './codec-limits.js';
import type { EncodedEvent } from './hash-chain.js';
import { openEvent, sealEvent } from './hash-chain.js';
import { decodeJson, encodeJson, parseJson } from './json-codec.js';

/** A body of one version to the body of the next, for events that were written before the current version. */
export type Upcaster = (body: Uint8Array) => Uint8Array;

/** How one event type is stored. `schema` describes it to people; bodies are JSON unless the definition says otherwise. */
export interface EventDefinition<E> {
  /** Counted up when the body's meaning changes. */
  readonly version: number;
  readonly schema: z.ZodType<E>;
  readonly encoding: 'json' | 'binary';
  write(event: E): Uint8Array;
  read(body: Uint8Array): E;
  /** Version n to the function that makes n + 1 of it. */
  readonly upcasters: ReadonlyMap<number, Upcaster>;
}

/** One definition an event type of the union `E`. */
export type EventDefinitions<E extends { readonly type: string }> = {
  readonly [T in E['type']]: EventDefinition<Extract<E, { type: T }>>;
};

/** What a stored event consists of, for reading. */
export interface StoredBody {
  readonly type: string;
  readonly data: Uint8Array;
}

/** Where a stream's event was decoded: the event, and the hash that the next one continues from. */
export interface DecodedEvent<E> {
  readonly event: E;
  readonly hash: Uint8Array;
}

/** A definition with a JSON body. `upcasters` are those from version 1 on: each makes the next version. */
export function jsonDefinition<E extends { readonly type: string }>(
  type: E['type'],
  schema: z.ZodType<E>,
  upcasters: readonly Upcaster[] = [],
): EventDefinition<E> {
  return {
    version: 1 + upcasters.length,
    schema,
    encoding: 'json',
    write: (event) => encodeJson(schema, event),
    read: (body) => decodeJson(type, schema, body),
    upcasters: new Map(upcasters.map((upcaster, index) => [1 + index, upcaster])),
  };
}

/** An upcaster for JSON bodies, written as a function of the parsed value. */
export function jsonUpcaster(eventType: string, change: (old: unknown) => unknown): Upcaster {
  return (body) => Buffer.from(JSON.stringify(change(parseJson(eventType, body))), 'utf8');
}

/** The registry of one kind of stream: its event types, their versions, and the way from older ones. */
export class EventCodec<E extends { readonly type: string }> {
  private readonly definitions: ReadonlyMap<string, EventDefinition<E>>;

  constructor(
    /** The streams that carry these events, e.g. `account-<organisation>`. */
    readonly stream: string,
    definitions: EventDefinitions<E>,
  ) {
    this.definitions = new Map(Object.entries<EventDefinition<E>>(definitions));
    for (const [type, { version }] of this.definitions)
      if (version > CODEC_LIMITS.versionMax) throw new RangeError(`version ${version} of ${type} is out of range`);
  }

  /** The same registry with one more upcaster. */
  withUpcaster(type: E['type'], fromVersion: number, upcaster: Upcaster): EventCodec<E> {
    const definition = this.definitionOf(type, fromVersion);
    const upcasters = new Map(definition.upcasters).set(fromVersion, upcaster);
    const definitions = Object.fromEntries(new Map(this.definitions).set(type, { ...definition, upcasters }));
    return new EventCodec<E>(this.stream, definitions as EventDefinitions<E>);
  }

  /** @throws {z.ZodError | RangeError} for an event that is none of its type: a programmer's error */
  encode(event: E, previousHash: Uint8Array): EncodedEvent {
    const definition = this.definitionOf(event.type, 0);
    return sealEvent(event.type, definition.version, definition.write(event), previousHash);
  }

  /** @throws {CorruptEvent | NewerEventVersion} */
  decode(stored: StoredBody): DecodedEvent<E> {
    const { hash, body } = this.open(stored);
    return { event: this.definitionOf(stored.type, 0).read(body), hash };
  }

  /** The body in the current version, whichever was stored. @throws {CorruptEvent | NewerEventVersion} */
  open(stored: StoredBody): { readonly body: Uint8Array; readonly hash: Uint8Array } {
    const { version, hash, body } = openEvent(stored.type, stored.data);
    const definition = this.definitionOf(stored.type, version);
    if (version > definition.version) throw new NewerEventVersion(stored.type, version, definition.version);
    let current = body;
    for (let from = version; from < definition.version; from++) {
      const upcast = definition.upcasters.get(from);
      if (upcast === undefined) throw new CorruptEvent(stored.type, `nothing reads its version ${version}`);
      current = upcast(current);
    }
    return { body: current, hash };
  }

  /** An event as JSON values, amounts as decimal strings: what people and debugging endpoints see. */
  view(event: E): unknown {
    return z.encode(this.definitionOf(event.type, 0).schema, event);
  }

  /** Every type with its definition, in the order of their names. */
  entries(): readonly (readonly [type: string, definition: EventDefinition<E>])[] {
    return [...this.definitions].toSorted(([left], [right]) => (left < right ? -1 : 1));
  }

  private definitionOf(type: string, version: number): EventDefinition<E> {
    const definition = this.definitions.get(type);
    if (definition === undefined) throw new NewerEventVersion(type, version, null);
    return definition;
  }
}
