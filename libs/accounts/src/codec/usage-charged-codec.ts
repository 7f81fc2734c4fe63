import {
  usageColumnsOf,
  usageOfColumns,
  type DimensionTable,
  type EvidenceTable,
  type FeedRange,
  type GroupTable,
  type RateUse,
  type UsageCharged,
  type UsageColumns,
  type UsageHeader,
} from '@app/metering';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readDimensions, writeDimensions } from './dimensions-codec.js';
import { readEvidence, visitCharged, writeEvidence, type ChargedEvent } from './evidence-codec.js';
import { readGroups, writeGroups } from './groups-codec.js';
import { decodeJson, encodeJson } from './json-codec.js';
import { chargeExtras } from './ledger-schemas.js';
import { TextList, TextTable } from './text-table.js';
import { readSteps } from './read-columns.js';
import { readDraws, readSamples, writeDraws, writeSamples } from './usage-columns.js';
import { readFeed, readUses, writeFeed, writeUses } from './usage-header-codec.js';
import { USAGE_VERSION, type UsageVersion } from './usage-version.js';
import { writeSteps } from './write-columns.js';
import { UsesMemory } from './written-uses.js';

const TYPE = 'UsageCharged';
const NO_BYTES = new Uint8Array();
const NO_EXTRAS = { refundGrants: [], payments: [] };

// Encoding never waits, so one set of buffers serves all events.
const body = new ByteWriter(65_536);
const evidence = new ByteWriter(65_536);
const columns = new ByteWriter(16_384);
const uses = new UsesMemory();

/** The body of a `UsageCharged`: evidence with its length, texts, then columns. The view is the caller's until the next call. */
export function writeUsageCharged(event: UsageCharged): Uint8Array {
  const tables = usageColumnsOf(event);
  evidence.reset();
  writeEvidence(evidence, tables.evidence);
  const texts = new TextTable();
  columns.reset();
  columns.integer(event.atMs);
  columns.integer(event.catalogVersion);
  writeFeed(columns, event.feed);
  uses.put(columns, texts, event.uses, writeUses);
  writeDimensions(columns, tables.dimensions);
  writeGroups(columns, tables.groups);
  writeDraws(columns, event.draws, texts);
  writeSamples(columns, event.samples, texts);
  columns.count(event.days.length, CODEC_LIMITS.elementsMax);
  writeSteps(columns, event.days);
  const hasExtras = event.refundGrants.length > 0 || event.payments.length > 0;
  const extras = hasExtras
    ? encodeJson(chargeExtras, { refundGrants: event.refundGrants, payments: event.payments })
    : NO_BYTES;
  columns.varint(extras.length);
  columns.raw(extras);
  body.reset();
  body.varint(evidence.size);
  body.raw(evidence.view());
  texts.write(body);
  body.raw(columns.view());
  return body.view();
}

/** What stands behind the groups, in the order in which it is stored. */
type Tail = Pick<UsageCharged, 'draws' | 'samples' | 'days' | 'refundGrants' | 'payments'>;

function readTail(reader: ByteReader, texts: TextList): Tail {
  const draws = readDraws(reader, texts);
  const samples = readSamples(reader, texts);
  const days = readSteps(reader, reader.count(CODEC_LIMITS.elementsMax));
  const extraBytes = reader.raw(reader.varint());
  reader.end();
  const { refundGrants, payments } = extraBytes.length === 0 ? NO_EXTRAS : decodeJson(TYPE, chargeExtras, extraBytes);
  return { draws, samples, days, refundGrants, payments };
}

/** A stored event as far as the end of its groups; what stands behind is read when it is asked for. */
class StoredUsage implements UsageHeader, UsageColumns {
  readonly #reader: ByteReader;
  readonly #version: UsageVersion;
  readonly #evidenceBytes: Uint8Array;
  readonly #texts: TextList;
  readonly atMs: number;
  readonly catalogVersion: number;
  readonly feed: FeedRange | null;
  readonly uses: readonly RateUse[];
  readonly dimensions: DimensionTable;
  readonly groups: GroupTable;
  #evidence: EvidenceTable | undefined;
  #tail: Tail | undefined;

  constructor(bytes: Uint8Array, version: UsageVersion) {
    const reader = new ByteReader(TYPE, bytes);
    this.#reader = reader;
    this.#version = version;
    this.#evidenceBytes = reader.raw(reader.varint());
    this.#texts = new TextList(reader);
    this.atMs = reader.integer();
    this.catalogVersion = reader.integer();
    this.feed = readFeed(reader);
    this.uses = readUses(reader, this.#texts);
    this.dimensions = readDimensions(reader, version);
    this.groups = readGroups(reader);
  }

  get evidence(): EvidenceTable {
    return (this.#evidence ??= readEvidence(new ByteReader(TYPE, this.#evidenceBytes), this.#version));
  }

  get draws() {
    return this.#tailOf().draws;
  }

  get samples() {
    return this.#tailOf().samples;
  }

  get refundGrants() {
    return this.#tailOf().refundGrants;
  }

  get payments() {
    return this.#tailOf().payments;
  }

  get days() {
    return this.#tailOf().days;
  }

  #tailOf(): Tail {
    return (this.#tail ??= readTail(this.#reader, this.#texts));
  }
}

/**
 * The reverse of `writeUsageCharged`. `evidence`, and what stands behind the groups, are decoded when they are first
 * read, and rows are made then, too: who adds up usage needs none of them. @throws {CorruptEvent} then, too
 */
export function readUsageCharged(bytes: Uint8Array): UsageCharged {
  return usageOf(new StoredUsage(bytes, USAGE_VERSION));
}

const usageOf = (stored: StoredUsage): UsageCharged => usageOfColumns(stored, stored);

/** A body of version 1 as one of version 2. @throws {CorruptEvent} */
export const usageOfVersion1 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(writeUsageCharged(usageOf(new StoredUsage(bytes, 1))));

/** What deduplication needs of a body's usage events, for filling a day's identities quickly. @throws {CorruptEvent} */
export function visitUsage(bytes: Uint8Array, visit: (event: ChargedEvent) => void): void {
  const reader = new ByteReader(TYPE, bytes);
  visitCharged(new ByteReader(TYPE, reader.raw(reader.varint())), visit);
}
