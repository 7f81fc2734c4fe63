import { AmountColumn } from '../columns/amount-column.js';
import { readAmounts, writeAmounts } from '../columns/amounts-codec.js';
import { ByteReader } from '../columns/byte-reader.js';
import { ByteWriter } from '../columns/byte-writer.js';
import { NumberColumn } from '../columns/number-column.js';
import { CorruptReadModel } from '../errors.js';

const VERSION = 1;

/**
 * What an entry's usage is made of, in columns: row i is usage of `meters[meter[i]]` and of `projects[project[i] - 1]`
 * (0: of none). Rows of one meter stand together, in the order in which the append had the meters.
 */
export class LedgerLines {
  readonly meters: string[] = [];
  readonly projects: string[] = [];
  readonly meter = new NumberColumn();
  readonly project = new NumberColumn();
  readonly events = new NumberColumn();
  readonly quantity = new AmountColumn();
  readonly credits = new AmountColumn();

  get rows(): number {
    return this.meter.length;
  }

  clear(): void {
    this.meters.length = 0;
    this.projects.length = 0;
    for (const column of [this.meter, this.project, this.events, this.quantity, this.credits]) column.clear();
  }
}

// Encoding never waits, so one buffer serves all entries.
const writer = new ByteWriter();

export function encodeLedgerLines(lines: LedgerLines): Buffer {
  writer.byte(VERSION);
  for (const texts of [lines.meters, lines.projects]) {
    writer.varint(texts.length);
    for (const text of texts) writer.text(text);
  }
  writer.varint(lines.rows);
  for (const column of [lines.meter, lines.project, lines.events])
    for (let row = 0; row < column.length; row++) writer.varint(column.at(row));
  writeAmounts(writer, lines.quantity);
  writeAmounts(writer, lines.credits);
  return writer.take();
}

/** @throws {CorruptReadModel} */
export function decodeLedgerLines(data: Buffer): LedgerLines {
  const reader = new ByteReader(data);
  const version = reader.byte();
  if (version !== VERSION) throw new CorruptReadModel(`nothing reads ledger lines of version ${version}`);
  const lines = new LedgerLines();
  for (const texts of [lines.meters, lines.projects])
    for (let left = reader.count(); left > 0; left--) texts.push(reader.text());
  const rows = reader.count();
  for (const column of [lines.meter, lines.project, lines.events])
    for (let row = 0; row < rows; row++) column.push(reader.varint());
  readAmounts(reader, rows, lines.quantity);
  readAmounts(reader, rows, lines.credits);
  if (!reader.isAtEnd) throw new CorruptReadModel('bytes are left over behind ledger lines');
  return lines;
}
