import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readShortDeltas, shortDelta } from './short-deltas.js';

interface ClientDecoder {
  offset: number;
  readVarLong(): unknown;
}

const Decoder = createRequire(import.meta.url)('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => ClientDecoder;

/** A number of 64 bits as Kafka writes it: zigzag, seven bits a byte, the lowest first. */
function written(delta: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (delta << 1n) ^ (delta >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

const deltas = fc.oneof(
  fc.bigInt({ min: -(2n ** 27n), max: 2n ** 27n }),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
);

describe('timestamp deltas', () => {
  it('are read as they were written where they are short, and left alone where they are not', () => {
    fc.assert(
      fc.property(deltas, (delta) => {
        const bytes = written(delta);
        const decoder = { buffer: Buffer.concat([bytes, Buffer.from([1])]), offset: 0 };
        const isShort = delta >= -(2n ** 27n) && delta < 2n ** 27n;
        expect(shortDelta(decoder)).toBe(isShort ? Number(delta) : undefined);
        expect(decoder.offset).toBe(isShort ? bytes.length : 0);
      }),
    );
  });

  it('are left alone where the bytes end', () => {
    const decoder = { buffer: Buffer.from([0x80, 0x80]), offset: 0 };
    expect([shortDelta(decoder), decoder.offset]).toEqual([undefined, 0]);
  });

  it('are read by the client as before, whatever their length', () => {
    readShortDeltas();
    readShortDeltas();
    fc.assert(
      fc.property(deltas, (delta) => {
        const bytes = written(delta);
        const decoder = new Decoder(Buffer.concat([bytes, Buffer.from([1])]));
        expect(String(decoder.readVarLong())).toBe(String(delta));
        expect(decoder.offset).toBe(bytes.length);
      }),
    );
  });
});
