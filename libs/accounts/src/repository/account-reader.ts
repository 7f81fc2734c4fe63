import type { EventStore, SnapshotStore, StoredEvent } from '@app/event-store';
import { applyEvent, initialState, type AccountEvent, type AccountState } from '@app/metering';
import { accountEvents } from '../codec/account-codec.js';
import { AccountBroken } from '../errors.js';
import { decodeSnapshot, type AccountSnapshot } from '../snapshots/fold-snapshot.js';
import { beforeStream, readChain, type ChainPosition, type StoredPosition } from '../streams/chain.js';
import { accountStream } from './loaded-account.js';
import type { OnWarning } from './snapshot-saver.js';

/** An account folded from its stream, beginning from `start` (the snapshot's position, or before the first event). */
export interface FoldedAccount {
  readonly state: AccountState;
  readonly position: StoredPosition;
  readonly start: ChainPosition;
}

/** Called for each event read, after it was folded. */
export type OnFolded = (event: AccountEvent, position: ChainPosition) => void;

/** Folds accounts from snapshot and stream. A snapshot affects what this costs, never what comes out. */
export class AccountReader {
  constructor(
    private readonly store: EventStore,
    private readonly snapshots: SnapshotStore,
    private readonly options: { readonly pageEvents: number; readonly onWarning: OnWarning },
  ) {}

  /** @throws {AccountBroken} where the stream does not verify or cannot be folded */
  async fold(organisation: string, onFolded: OnFolded): Promise<FoldedAccount> {
    const stream = accountStream(organisation);
    const snapshot = await this.#loadSnapshot(stream);
    if (snapshot !== undefined) {
      const { revision, hash, state } = snapshot;
      const start = { revision, hash };
      const position = await this.foldAfter({ stream, state, after: start, onFolded });
      if (position !== 'lost') return { state, position, start };
      this.options.onWarning('A snapshot is of another history and was discarded', undefined, stream);
    }
    const state = initialState(organisation);
    const start = beforeStream(stream);
    const position = await this.foldAfter({ stream, state, after: start, onFolded });
    if (position === 'lost') throw new AccountBroken(stream, 'its beginning cannot be read');
    return { state, position, start };
  }

  /** Folds what follows a position into `state`, in place. */
  foldAfter(options: {
    readonly stream: string;
    readonly state: AccountState;
    readonly after: ChainPosition;
    readonly onFolded: OnFolded;
  }): Promise<StoredPosition | 'lost'> {
    const { stream, state, after, onFolded } = options;
    const onEvent = (event: AccountEvent, position: ChainPosition, _stored: StoredEvent): void => {
      applyOne(stream, state, event, position.revision);
      onFolded(event, position);
    };
    return readChain(this.store, { stream, codec: accountEvents, after, pageEvents: this.options.pageEvents, onEvent });
  }

  async #loadSnapshot(stream: string): Promise<AccountSnapshot | undefined> {
    try {
      const stored = await this.snapshots.load(stream);
      return stored && decodeSnapshot(stream, stored.data);
    } catch (error) {
      this.options.onWarning('A snapshot cannot be read', error, stream);
      return undefined;
    }
  }
}

function applyOne(stream: string, state: AccountState, event: AccountEvent, revision: bigint): void {
  try {
    applyEvent(state, event, revision);
  } catch (error) {
    throw new AccountBroken(stream, `event ${revision} cannot be folded`, { cause: error });
  }
}
