// Faults on demand. Each names a method, what goes wrong, and how often.
import { setTimeout as sleep } from 'node:timers/promises';
import { callError, grpc } from './protocol.mjs';

export class Faults {
  #planned = [];
  /** Calls since the start, by method. */
  calls = {};

  #running = 0;
  #letGo = () => undefined;
  #isLetGo;

  /** Replaces the faults; what was held by those before goes on. */
  plan(faults) {
    this.#planned = faults.map((fault) => ({ times: 1, skip: 0, ...fault }));
    this.#letGo();
    this.#isLetGo = new Promise((resolve) => (this.#letGo = resolve));
  }

  /** Keeps the peak of appends in flight among the counts. */
  async counting(work) {
    this.#running += 1;
    this.calls.appendsInFlight = Math.max(this.calls.appendsInFlight ?? 0, this.#running);
    await work().finally(() => {
      this.#running -= 1;
    });
  }

  /** Counts the call and answers its fault, if one is due. What happens before the call takes effect, happens here. */
  async enter(method) {
    this.calls[method] = (this.calls[method] ?? 0) + 1;
    const fault = this.#take(method);
    if (fault?.action === 'delay') await sleep(fault.delayMs);
    if (fault?.action === 'hold') await this.#isLetGo;
    if (fault?.action === 'refuse') throw callError(fault.code ?? grpc.status.UNAVAILABLE, 'refused', fault.trailers);
    if (fault?.action === 'die') process.kill(process.pid, 'SIGKILL');
    return fault;
  }

  /** What happens after the call took effect, before its answer. Answers whether there is an answer. */
  leave(fault) {
    if (fault?.action === 'die-after-commit') process.kill(process.pid, 'SIGKILL');
    if (fault?.action === 'drop-after-commit') throw callError(grpc.status.UNAVAILABLE, 'Connection dropped');
    return fault?.action !== 'silence-after-commit';
  }

  #take(method) {
    const fault = this.#planned.find((planned) => planned.method === method && planned.times > 0);
    if (fault === undefined) return undefined;
    if (fault.skip > 0) {
      fault.skip -= 1;
      return undefined;
    }
    fault.times -= 1;
    return fault;
  }
}
