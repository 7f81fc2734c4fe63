// An append-only file of records, each written whole or not at all: length, checksum, payload. A record is acknowledged
// after fdatasync; what arrives while one runs shares the next.
import { createHash } from 'node:crypto';
import { fdatasync, ftruncateSync, openSync, readFileSync, write } from 'node:fs';
import { promisify } from 'node:util';

const HEADER_BYTES = 12;
const writeAt = promisify(write);
const sync = promisify(fdatasync);
const checksumOf = (payload) => createHash('sha256').update(payload).digest().subarray(0, 8);

function* readRecords(bytes) {
  for (let offset = 0; offset + HEADER_BYTES <= bytes.length;) {
    const end = offset + HEADER_BYTES + bytes.readUInt32BE(offset);
    const payload = bytes.subarray(offset + HEADER_BYTES, end);
    // A record torn by a crash was never acknowledged: the log ends before it.
    if (end > bytes.length || !checksumOf(payload).equals(bytes.subarray(offset + 4, offset + HEADER_BYTES))) return;
    yield { offset, end, payload };
    offset = end;
  }
}

export class LogFile {
  #descriptor;
  #end = 0;
  #waiting = [];
  #isWriting = false;

  /** Hands every whole record to `onRecord(offset, payload)` and cuts off a torn one. */
  constructor(path, onRecord) {
    this.#descriptor = openSync(path, 'a+');
    for (const { offset, end, payload } of readRecords(readFileSync(path))) {
      onRecord(offset, payload);
      this.#end = end;
    }
    ftruncateSync(this.#descriptor, this.#end);
  }

  /** Reserves the place of a record now; the promise settles when it is on the disk. */
  append(payload) {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(payload.length);
    checksumOf(payload).copy(header, 4);
    const offset = this.#end;
    this.#end += HEADER_BYTES + payload.length;
    const isDurable = new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: Buffer.concat([header, payload]), resolve, reject });
    });
    void this.#flush();
    return { offset, isDurable };
  }

  async #flush() {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await writeAt(this.#descriptor, Buffer.concat(batch.map(({ bytes }) => bytes)));
        await sync(this.#descriptor);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
