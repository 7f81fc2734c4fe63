import { writeFile } from 'node:fs/promises';

export const ORGANISATIONS = ['acme', 'globex', 'initech'] as const;

interface UsageFile {
  readonly events: number;
  /** The first event's number: files of different numbers have different events. */
  readonly from?: number;
}

/** Writes usage of now as a producer's NDJSON file, in turn of each organisation; each event costs 0.101 credits. */
export async function writeUsageFile(file: string, { events, from = 0 }: UsageFile): Promise<void> {
  const time = new Date().toISOString();
  const lines = Array.from({ length: events }, (_, index) => {
    const subject = ORGANISATIONS[index % ORGANISATIONS.length];
    const data = { model: 'small', input_tokens: 1000 };
    const id = `e-${from + index}`;
    const event = { specversion: '1.0', id, source: '/file', type: 'llm.completion', subject, time, data };
    return `${JSON.stringify(event)}\n`;
  });
  await writeFile(file, lines.join(''));
}
