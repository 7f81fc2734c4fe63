import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { MessageReader } from './kafka-records.js';

const messageOf = (offset: number, headers?: IHeaders): KafkaMessage => ({
  attributes: 0,
  key: null,
  value: Buffer.from('{}'),
  offset: String(offset),
  timestamp: String(1_700_000_000_000 + (offset >> 1)),
  ...(headers === undefined ? {} : { headers }),
});

const bytes = fc.constantFrom('a', 'b', '').map((text) => Buffer.from(text));
const headers = fc.option(
  fc.dictionary(fc.constantFrom('content-type', 'ce_id', 'constructor'), fc.oneof(bytes, fc.array(bytes))),
  { nil: undefined },
);

describe('MessageReader', () => {
  it('reads each message as if it were the first', () => {
    fc.assert(
      fc.property(fc.array(headers), (all) => {
        const reader = new MessageReader();
        for (const [offset, given] of all.entries()) {
          const message = messageOf(offset, given);
          expect(reader.read(message)).toEqual(new MessageReader().read(message));
        }
      }),
    );
  });

  it('makes headers once for messages that have the same', () => {
    const reader = new MessageReader();
    const [first, second, third] = ['json', 'json', 'text'].map((type, offset) =>
      reader.read(messageOf(offset, { 'content-type': Buffer.from(type) })),
    );
    expect(second?.headers).toBe(first?.headers);
    expect(third?.headers).toEqual({ 'content-type': [Buffer.from('text')] });
  });
});
