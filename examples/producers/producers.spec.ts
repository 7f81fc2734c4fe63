import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseJsonExactly, parseStructuredEvent } from '@app/metering';

/** The one line of each program that is an event, as the program sends it. */
function samplesOf(file: string): readonly string[] {
  const text = readFileSync(join('examples', 'producers', file), 'utf8');
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('{"specversion"'));
}

describe('the samples of the example producers', () => {
  it.each(['curl.sh', 'python-producer.py', 'UsageProducer.java'])('%s sends a usage event', (file) => {
    const samples = samplesOf(file);
    expect(samples.length).toBe(1);
    const parsed = parseJsonExactly(samples[0] ?? '');
    const event = parseStructuredEvent('ok' in parsed ? parsed.ok : undefined);
    expect(event).toMatchObject({ event: { source: '/gateway/eu', type: 'llm.completion' } });
  });
});
