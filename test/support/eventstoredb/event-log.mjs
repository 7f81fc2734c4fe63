// Streams over one log: revisions, global order, soft deletions and tombstones, as EventStoreDB keeps them.
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { decideAppend, SOFT_DELETED } from './decide-append.mjs';
import { LogFile } from './log-file.mjs';

const TICKS_PER_MS = 10_000n;

export const systemEvent = (type, body) => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(body)),
});

export class EventLog extends EventEmitter {
  /** Every durable event in the global order. */
  all = [];
  #streams = new Map();
  #byPosition = new Map();
  #file;
  #lastTask = Promise.resolve();

  constructor(directory) {
    super();
    this.setMaxListeners(0);
    this.#file = new LogFile(join(directory, 'log'), (offset, payload) => this.#take(offset, JSON.parse(payload)));
  }

  stream(name) {
    const found = this.#streams.get(name);
    if (found !== undefined) return found;
    const empty = { events: [], revisions: new Map(), truncateBefore: 0n, isTombstoned: false };
    this.#streams.set(name, empty);
    return empty;
  }

  /** The events that a reader sees; undefined when the stream does not exist. */
  visible(name) {
    const { events, truncateBefore } = this.stream(name);
    const seen = events.filter(({ revision, type }) => revision >= truncateBefore && type !== '$streamDeleted');
    return events.length === 0 || truncateBefore === SOFT_DELETED ? undefined : seen;
  }

  /** The index in `all` of the event at exactly this position; undefined for a position that was never given. */
  indexOf(commit, prepare) {
    return this.#byPosition.get(`${commit}/${prepare}`);
  }

  /** Decides and writes in turn, as the one writer of the real server does. */
  append(stream, expected, events) {
    return this.#inTurn(async () => {
      const state = this.stream(stream);
      const decision = decideAppend(state, expected, events);
      if (decision.kind !== 'new') return decision;
      if (state.truncateBefore === SOFT_DELETED) {
        await this.#write(`$$${stream}`, [systemEvent('$metadata', { $tb: state.events.length })]);
      }
      await this.#write(stream, events);
      return { kind: 'appended', last: this.stream(stream).events.at(-1) };
    });
  }

  softDelete(stream) {
    return this.#inTurn(() => this.#write(`$$${stream}`, [systemEvent('$metadata', { $tb: SOFT_DELETED.toString() })]));
  }

  tombstone(stream) {
    return this.#inTurn(() => this.#write(stream, [systemEvent('$streamDeleted', {})]));
  }

  #inTurn(task) {
    const result = this.#lastTask.then(task);
    this.#lastTask = result.catch(() => undefined);
    return result;
  }

  async #write(stream, events) {
    const record = {
      stream,
      first: this.stream(stream).events.length,
      created: (BigInt(Date.now()) * TICKS_PER_MS).toString(),
      events: events.map((event) => ({ ...event, data: event.data.toString('base64') })),
    };
    const { offset, isDurable } = this.#file.append(Buffer.from(JSON.stringify(record)));
    await isDurable;
    this.#take(offset, record);
    this.emit('appended');
  }

  /** Positions are offsets in the log; commit and prepare differ, so that whoever mixes them up is found out. */
  #take(offset, { stream, first, created, events }) {
    const state = this.stream(stream);
    events.forEach(({ id, type, contentType, data }, nth) => {
      const prepare = BigInt(offset + 2 * nth);
      const bytes = Buffer.from(data, 'base64');
      const event = { stream, revision: BigInt(first + nth), id, type, contentType, created, data: bytes };
      const recorded = { ...event, prepare, commit: prepare + 1n };
      state.events.push(recorded);
      state.revisions.set(id, first + nth);
      this.#byPosition.set(`${recorded.commit}/${recorded.prepare}`, this.all.length);
      this.all.push(recorded);
      if (type === '$streamDeleted') state.isTombstoned = true;
      if (type === '$metadata') this.stream(stream.slice(2)).truncateBefore = BigInt(JSON.parse(bytes).$tb ?? 0);
    });
  }
}
