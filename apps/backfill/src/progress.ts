import { SingleBar } from 'cli-progress';
import { LIMITS } from './limits.js';

/** Shows how far the load is, on stderr: a bar on a terminal, plain lines elsewhere. */
export interface Progress {
  start(total: number): void;
  add(events: number): void;
  note(text: string): void;
  stop(): void;
}

export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines(stream);
}

class ProgressBar implements Progress {
  readonly #bar: SingleBar;

  constructor(private readonly stream: NodeJS.WriteStream) {
    const format = '[{bar}] {percentage} %  {value}/{total} events  {rate}/s  {eta_formatted} left';
    this.#bar = new SingleBar({ format, stream, hideCursor: true, etaBuffer: 50, fps: 5 });
  }

  #startedAtMs = 0;
  #sent = 0;

  start(total: number): void {
    this.#startedAtMs = performance.now();
    this.#bar.start(total, 0, { rate: 0 });
  }

  add(events: number): void {
    this.#sent += events;
    this.#bar.update(this.#sent, { rate: rateOf(this.#sent, this.#startedAtMs) });
  }

  note(text: string): void {
    this.stream.write(`\n${text}\n`);
  }

  stop(): void {
    this.#bar.stop();
  }
}

class ProgressLines implements Progress {
  #total = 0;
  #sent = 0;
  #startedAtMs = 0;
  #saidAtMs = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  start(total: number): void {
    this.#total = total;
    this.#startedAtMs = performance.now();
    this.#saidAtMs = this.#startedAtMs;
  }

  add(events: number): void {
    this.#sent += events;
    if (performance.now() - this.#saidAtMs < LIMITS.progressLineMs) return;
    this.#saidAtMs = performance.now();
    const rate = rateOf(this.#sent, this.#startedAtMs);
    const leftS = Math.ceil((this.#total - this.#sent) / Math.max(1, rate));
    this.note(`${this.#sent} of ${this.#total} events sent, ${rate}/s, ${leftS} s left`);
  }

  note(text: string): void {
    this.stream.write(`${text}\n`);
  }

  stop(): void {
    // Lines leave nothing to tidy up.
  }
}

function rateOf(sent: number, startedAtMs: number): number {
  return Math.round(sent / Math.max(0.001, (performance.now() - startedAtMs) / 1000));
}
