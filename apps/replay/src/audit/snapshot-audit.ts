import { isDeepStrictEqual } from 'node:util';
import { accountEvents, decodeSnapshot, type FoldSnapshot } from '@app/accounts';
import type { EventStore, SnapshotStore } from '@app/event-store';
import { applyEvent, type AccountState } from '@app/metering';
import { LIMITS } from '../limits.js';
import type { StreamAudit } from './stream-audit.js';

export interface SnapshotCounts {
  compared: number;
  /** Unreadable, of another history, or newer than what was audited: discarded by every reader, so harmless. */
  discarded: number;
}

/** I6: a snapshot, followed by the events behind it, is the state that the stream alone folds into. */
export class SnapshotAudit {
  readonly counts: SnapshotCounts = { compared: 0, discarded: 0 };

  constructor(
    private readonly store: EventStore,
    private readonly snapshots: SnapshotStore,
  ) {}

  async check(audit: StreamAudit): Promise<void> {
    const { account, stream } = audit;
    if (account === undefined || account.isBroken) return;
    const stored = await this.snapshots.load(stream);
    if (stored === undefined) return;
    const snapshot = readSnapshot(stream, stored.data);
    const state = snapshot && (await this.fold(stream, snapshot, audit.lastRevision));
    if (state === undefined) {
      this.counts.discarded += 1;
      return;
    }
    this.counts.compared += 1;
    for (const [field, value] of Object.entries({ ...account.state, owned: null })) {
      const other: unknown = Object.entries({ ...state, owned: null }).find(([name]) => name === field)?.[1];
      if (isDeepStrictEqual(value, other)) continue;
      audit.report({
        check: 'snapshots',
        detail: `the state of the snapshot at ${stored.revision} is not that of the stream`,
        stream,
        revision: stored.revision,
        field,
      });
    }
  }

  /** The snapshot's state moved on to a revision; undefined where it is of another history. */
  private async fold(
    stream: string,
    snapshot: FoldSnapshot<AccountState>,
    lastRevision: bigint,
  ): Promise<AccountState | undefined> {
    if (snapshot.revision > lastRevision) return undefined;
    const [anchor] = await this.store.readStream(stream, { from: snapshot.revision, maxCount: 1 });
    if (anchor === undefined || Buffer.compare(anchor.data.subarray(1, 33), snapshot.hash) !== 0) return undefined;
    for (let from = snapshot.revision + 1n; from <= lastRevision;) {
      const left = Number(lastRevision - from) + 1;
      const page = await this.store.readStream(stream, { from, maxCount: Math.min(left, LIMITS.pageEventsMin) });
      if (page.length === 0) return undefined;
      for (const event of page) applyEvent(snapshot.state, accountEvents.decode(event).event, event.revision);
      from += BigInt(page.length);
    }
    return snapshot.state;
  }
}

function readSnapshot(stream: string, data: Uint8Array): FoldSnapshot<AccountState> | undefined {
  try {
    return decodeSnapshot<AccountState>(stream, data);
  } catch {
    return undefined;
  }
}
