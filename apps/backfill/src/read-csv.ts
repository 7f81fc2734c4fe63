import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isName, parseTime } from '@app/metering';
import { CsvError, parse } from 'csv-parse';
import type { BackfillEvent, RowTerms } from './backfill-event.js';
import { BackfillFailed, invalidRow } from './backfill-failed.js';
import { columnsOf } from './csv-columns.js';
import type { CsvColumns, CsvDataColumn } from './csv-columns.js';
import { LIMITS } from './limits.js';

/** A string quantity of the usage contract: exact, whatever a double would make of it. */
const QUANTITY = /^\d{1,30}(?:\.\d{1,9})?$/;

/** Hands every row of a CSV to `onEvent`, in the file's order. @throws {BackfillFailed} with the line and the column */
export async function readCsv(
  source: Readable,
  terms: RowTerms,
  onEvent: (event: BackfillEvent) => Promise<void> | void,
) {
  let columns: CsvColumns | undefined;
  let fault: unknown;
  const { type } = terms;
  if (type === undefined) throw new BackfillFailed('TypeRequired', 'say the type of these events with --type.');
  const parser = parse({ bom: true, skip_empty_lines: true, info: true, max_record_size: LIMITS.lineCharsMax });
  const consume = async (rows: AsyncIterable<CsvRow>): Promise<void> => {
    for await (const { record, info } of rows) {
      if (columns === undefined) columns = columnsOf(record, terms.quantities);
      else {
        const waiting = onEvent(eventOf(record, info.lines, { ...terms, type, columns }));
        if (waiting !== undefined) await waiting;
      }
    }
  };
  try {
    await pipeline(source, parser, (rows: AsyncIterable<CsvRow>) =>
      consume(rows).catch((error: unknown) => {
        // The pipeline reports that it was aborted, not why.
        fault = error;
        throw error;
      }),
    );
  } catch (error) {
    const cause = fault ?? error;
    throw cause instanceof CsvError ? invalidCsv(cause) : cause;
  }
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function invalidCsv(error: CsvError): BackfillFailed {
  return invalidRow(typeof error['lines'] === 'number' ? error['lines'] : 1, error.code, error.message);
}

interface CsvTerms extends RowTerms {
  readonly type: string;
  readonly columns: CsvColumns;
}

function eventOf(row: readonly string[], line: number, terms: CsvTerms): BackfillEvent {
  const { columns, source, type } = terms;
  const id = nameIn(row[columns.id], line, 'id');
  const subject = nameIn(row[columns.org], line, 'org');
  const time = row[columns.time] ?? '';
  const timeMs = parseTime(time);
  if (timeMs === undefined)
    throw invalidRow(line, 'time', `InvalidTime: ${shown(time)} is no RFC 3339 time with a zone`);
  terms.onOrganisation(subject);
  const data = dataOf(row, line, columns.data);
  return { timeMs, line, json: JSON.stringify({ specversion: '1.0', id, source, type, subject, time, data }) };
}

function nameIn(text: string | undefined, line: number, column: string): string {
  if (text === undefined || text === '') throw invalidRow(line, column, 'Required: it is blank');
  if (!isName(text))
    throw invalidRow(
      line,
      column,
      `InvalidName: ${shown(text)} has control characters, outer white space, or more than 255 characters`,
    );
  return text;
}

function dataOf(row: readonly string[], line: number, columns: readonly CsvDataColumn[]): Record<string, string> {
  // Without a prototype, so that a column may have any name.
  const data = Object.create(null) as Record<string, string>;
  for (const { name, index, isQuantity } of columns) {
    const text = row[index];
    if (text === undefined || text === '') continue;
    if (isQuantity && !QUANTITY.test(text)) {
      throw invalidRow(
        line,
        name,
        `InvalidQuantity: ${shown(text)} is not written as digits, with at most 9 after a point`,
      );
    }
    data[name] = text;
  }
  return data;
}

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
