import { decompress as decompressZstd } from 'fzstd';
import kafkajs from 'kafkajs';
import { decompressFrame } from 'lz4-napi';
import { uncompress } from 'snappy';

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version and lowest compatible version. */
const XERIAL_HEADER_BYTES = 16;
const BLOCK_LENGTH_BYTES = 4;

/**
 * The compressed blocks of a snappy batch: Java clients write xerial framing (a header, then blocks with their lengths),
 * others a single raw block. @throws {RangeError} when a block is longer than what is left
 */
export function snappyBlocks(batch: Buffer): readonly Buffer[] {
  if (!batch.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return [batch];
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < batch.length;) {
    const begin = at + BLOCK_LENGTH_BYTES;
    if (begin > batch.length) throw new RangeError('A snappy batch ends within the length of a block');
    const end = begin + batch.readInt32BE(at);
    if (end < begin || end > batch.length) throw new RangeError('A snappy block is longer than its batch');
    blocks.push(batch.subarray(begin, end));
    at = end;
  }
  return blocks;
}

async function decompressSnappy(batch: Buffer): Promise<Buffer> {
  const plain = await Promise.all(snappyBlocks(batch).map((block) => uncompress(block, { asBuffer: true })));
  return Buffer.concat(plain.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

const decompressOnly = (decompress: (batch: Buffer) => Promise<Buffer>) => () => ({
  compress: (): Promise<Buffer> => Promise.reject(new Error('This service publishes without compression')),
  decompress,
});

/**
 * Teaches the client what Java and librdkafka producers send. Without it the first snappy, lz4 or zstd batch ends the
 * consumer for good.
 */
export function registerCompressionCodecs(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.Snappy] = decompressOnly(decompressSnappy);
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = decompressOnly((batch) => decompressFrame(batch));
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = decompressOnly(async (batch) =>
    Buffer.from(decompressZstd(batch)),
  );
}
