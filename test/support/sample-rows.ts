import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/** Columns of the sample data that are values; the others name the event or are dimensions. */
const VALUES = ['input_tokens', 'output_tokens', 'images', 'image_tokens'];
const NAMES = ['id', 'time', 'org'];

/** A row of sample data as the CloudEvent that its producer would have sent. */
export interface SampleEvent {
  readonly organisation: string;
  readonly timeMs: number;
  readonly json: string;
}

/** Every row of a file of sample data, in the order of time. Blank fields are absent, values are numbers. */
export function sampleEvents(file: string, source: string): readonly SampleEvent[] {
  const rows: Record<string, string>[] = parse(gunzipSync(readFileSync(file)), { columns: true });
  const events = rows.map((row) => {
    const { id, time = '', org: organisation = '' } = row;
    const fields = Object.entries(row).filter(([name, text]) => text !== '' && !NAMES.includes(name));
    const data = Object.fromEntries(fields.map(([name, text]) => [name, VALUES.includes(name) ? Number(text) : text]));
    const type = 'llm.completion';
    const json = JSON.stringify({ specversion: '1.0', id, source, type, subject: organisation, time, data });
    return { organisation, timeMs: Date.parse(time), json };
  });
  return events.toSorted((one, other) => one.timeMs - other.timeMs);
}
