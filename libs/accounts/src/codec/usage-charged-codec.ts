import { usageColumnsOf, type EvidenceLine, type UsageCharged } from '@app/metering';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readSteps, writeSteps } from './columns.js';
import { readEvidence, visitIdentities, writeEvidence } from './evidence-codec.js';
import type { IdentityVisitor } from './evidence-codec.js';
import { decodeJson, encodeJson } from './json-codec.js';
import { chargeExtras } from './ledger-schemas.js';
import { TextList, TextTable } from './text-table.js';
import { readDraws, readGroups, readSamples, writeDraws, writeGroups, writeSamples } from './usage-columns.js';
import { readDimensions, readFeed, readUses, writeDimensions, writeFeed, writeUses } from './usage-header-codec.js';

const TYPE = 'UsageCharged';
const NO_BYTES = new Uint8Array();
const NO_EXTRAS = { refundGrants: [], payments: [] };

// Encoding never waits, so one set of buffers serves all events.
const body = new ByteWriter(65_536);
const evidence = new ByteWriter(65_536);
const columns = new ByteWriter(16_384);

/** The body of a `UsageCharged`, version 1: evidence with its length, texts, then columns. The view is the caller's until the next call. */
export function writeUsageCharged(event: UsageCharged): Uint8Array {
  const tables = usageColumnsOf(event);
  evidence.reset();
  writeEvidence(evidence, tables.evidence);
  const texts = new TextTable();
  columns.reset();
  columns.integer(event.atMs);
  columns.integer(event.catalogVersion);
  writeFeed(columns, event.feed);
  writeUses(columns, event.uses, texts);
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

/**
 * The reverse of `writeUsageCharged`. `evidence`, and what stands behind the groups, are decoded when they are first
 * read: who adds up usage needs neither. @throws {CorruptEvent} then, too
 */
export function readUsageCharged(bytes: Uint8Array): UsageCharged {
  const reader = new ByteReader(TYPE, bytes);
  const evidenceBytes = reader.raw(reader.varint());
  const texts = new TextList(reader);
  const atMs = reader.integer();
  const catalogVersion = reader.integer();
  const feed = readFeed(reader);
  const uses = readUses(reader, texts);
  const dimensions = readDimensions(reader);
  const groups = readGroups(reader);
  let read: Tail | undefined;
  const tail = (): Tail => (read ??= readTail(reader, texts));
  let lines: readonly EvidenceLine[] | undefined;
  return {
    type: TYPE,
    atMs,
    feed,
    catalogVersion,
    uses,
    dimensions,
    groups,
    get draws() {
      return tail().draws;
    },
    get samples() {
      return tail().samples;
    },
    get refundGrants() {
      return tail().refundGrants;
    },
    get payments() {
      return tail().payments;
    },
    get days() {
      return tail().days;
    },
    get evidence() {
      lines ??= readEvidence(new ByteReader(TYPE, evidenceBytes));
      return lines;
    },
  };
}

/** Identity hashes and event times of a body, for filling a day's identities quickly. @throws {CorruptEvent} */
export function visitUsageIdentities(bytes: Uint8Array, visit: IdentityVisitor): void {
  const reader = new ByteReader(TYPE, bytes);
  visitIdentities(new ByteReader(TYPE, reader.raw(reader.varint())), visit);
}
