import type { AccountEvent, UsageCharged } from '@app/metering';
import { AccountBroken } from '../errors.js';
import type { IdentityHasher } from '../identities/identity-hasher.js';
import { isSamePosition, type ChainPosition } from '../streams/chain.js';
import type { AccountReader } from './account-reader.js';
import type { CachedAccount } from './cached-account.js';

/** Brings cached accounts up to what their streams hold. */
export class AccountLoader {
  constructor(
    private readonly reader: AccountReader,
    private readonly hasher: IdentityHasher,
  ) {}

  /**
   * Folds the account anew from snapshot and stream. Its identities stay where the stream still holds the event up to
   * which they are complete; usage that was charged after it is added to them.
   * @throws {AccountBroken} where the stream does not verify, or has gone
   */
  async fold(account: CachedAccount): Promise<CachedAccount> {
    const known: ChainPosition = { revision: account.revision, hash: account.hash };
    const hasIdentities = account.identities.loadedDayCount > 0;
    const later: UsageCharged[] = [];
    const met = { isKnown: false };
    const folded = await this.reader.fold(account.organisation, (event, position) => {
      if (isSamePosition(position, known)) met.isKnown = true;
      if (hasIdentities && position.revision > known.revision && event.type === 'UsageCharged') later.push(event);
    });
    if (folded.position.revision < 0n && known.revision >= 0n) throw new AccountBroken(account.stream, 'it is gone');
    if (met.isKnown || isSamePosition(folded.start, known)) for (const event of later) this.#include(account, event);
    else account.identities.clear();
    account.moveTo(folded.state, folded.position);
    account.isStale = false;
    account.snapshotRevision = folded.start.revision;
    account.measure();
    return account;
  }

  /** Folds what was appended since, in place; anew where the stream is of another history now. */
  async follow(account: CachedAccount): Promise<CachedAccount> {
    if (account.appending) throw new Error(`${account.stream} cannot be read while it is being decided`);
    const { stream, state, revision, hash } = account;
    // Until all of it is folded, the state is neither the old nor the new one.
    account.isStale = true;
    const later: UsageCharged[] = [];
    const onFolded = (event: AccountEvent): void => {
      if (event.type === 'UsageCharged') later.push(event);
    };
    const position = await this.reader.foldAfter({ stream, state, after: { revision, hash }, onFolded });
    if (position === 'lost') return this.fold(account);
    for (const event of later) this.#include(account, event);
    account.moveTo(state, position);
    account.isStale = false;
    return account;
  }

  #include({ identities, organisation }: CachedAccount, event: UsageCharged): void {
    if (!event.days.some((day) => identities.isLoaded(day))) return;
    for (const line of event.evidence) identities.include(this.hasher.hashOfCharged(organisation, line), line.timeMs);
  }
}
