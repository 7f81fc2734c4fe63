import type { Accounts, DecisionOutcome, SealedDecision } from '@app/accounts';
import { EventStoreUnavailable } from '@app/event-store';
import type { CrashPoint } from '../crash-points.js';
import type { AggregatorSettings } from '../settings.js';
import { ProcessAbandoned } from './process-abandoned.js';

/** A call for several accounts failed before anything was appended: each is to be decided again, and sent alone. */
export class WindowRefused extends Error {
  override readonly name = 'WindowRefused';
}

export interface WindowedDecision {
  readonly decision: SealedDecision;
  /** Sent in a call of its own, so that its fault is known to be its own. */
  readonly isAlone: boolean;
}

interface Waiting extends WindowedDecision {
  readonly resolve: (outcome: DecisionOutcome) => void;
  readonly reject: (error: unknown) => void;
}

type Limits = Pick<AggregatorSettings, 'windowAccountsMax' | 'windowBytesMax' | 'windowsInFlightMax'>;

/**
 * Gathers decisions of different accounts into calls of the store: one commit for all that came while the one before
 * was under way, so that windows grow with the load.
 */
export class AppendWindow {
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #isScheduled = false;

  constructor(
    private readonly accounts: Accounts,
    private readonly limits: Limits,
    private readonly crashPoint: CrashPoint,
  ) {}

  /**
   * What became of the decision.
   * @throws {WindowRefused} nothing was appended; @throws {EventStoreUnavailable} nobody knows
   */
  append({ decision, isAlone }: WindowedDecision): Promise<DecisionOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ decision, isAlone, resolve, reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      // After everything that is ready has been decided: accounts in memory are decided without waiting.
      setImmediate(() => {
        this.#isScheduled = false;
        this.#flush();
      });
    });
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#inFlight < this.limits.windowsInFlightMax) {
      this.#inFlight += 1;
      void this.#send(this.#takeWindow());
    }
  }

  #takeWindow(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { decision, isAlone } of this.#waiting) {
      bytes += decision.bytes;
      if (count > 0 && (isAlone || count === this.limits.windowAccountsMax || bytes > this.limits.windowBytesMax))
        break;
      count += 1;
      if (isAlone) break;
    }
    const window = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return window;
  }

  async #send(window: readonly Waiting[]): Promise<void> {
    try {
      this.crashPoint('append.before');
      const outcomes = await this.accounts.append(window.map(({ decision }) => decision));
      this.crashPoint('append.after');
      for (const [index, waiting] of window.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) waiting.reject(new Error('The store answers every append'));
        else waiting.resolve(outcome);
      }
    } catch (error) {
      const isCommon = error instanceof EventStoreUnavailable || error instanceof ProcessAbandoned;
      const isShared = !isCommon && window.length > 1;
      const reason = isShared
        ? new WindowRefused('An append for several accounts was refused', { cause: error })
        : error;
      for (const { reject } of window) reject(reason);
    } finally {
      this.#inFlight -= 1;
      this.#flush();
    }
  }
}
