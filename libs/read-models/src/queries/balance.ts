import { formatCredits, formatScaled, formatTime, poolViews, type PoolView, type Wallet } from '@app/metering';
import { readWallet } from '../accounts-lane/wallet-codec.js';
import type { AsOf, BalanceAnswer, PoolAnswer } from './answers.js';
import type { Snapshot } from './snapshot-reader.js';

/** An account as the accounts lane has it. */
export interface AccountView {
  readonly organisation: string;
  readonly wallet: Wallet;
  readonly revision: bigint;
  readonly asOf: AsOf;
}

export interface AccountRow {
  readonly revision: bigint;
  readonly ledger_time_ms: bigint;
  readonly wallet: string;
}

/** Undefined for an account that does not exist (or whose opening has not been projected). */
export async function findAccount(
  { client, accounts }: Snapshot,
  organisation: string,
): Promise<AccountView | undefined> {
  const { rows } = await client.query<AccountRow>({
    name: `${accounts.schema}:account`,
    text: `select revision, ledger_time_ms, wallet from ${accounts.schema}.accounts where organisation = $1`,
    values: [organisation],
  });
  const [row] = rows;
  const { commit: position } = accounts.checkpoint.position;
  return row && accountView(row, { organisation, wallet: readWallet(row.wallet), position });
}

/** A row as the accounts lane had it at a position of its checkpoint. */
export function accountView(
  { revision, ledger_time_ms }: Pick<AccountRow, 'revision' | 'ledger_time_ms'>,
  of: { readonly organisation: string; readonly wallet: Wallet; readonly position: bigint },
): AccountView | undefined {
  if (revision < 0n) return undefined;
  const { organisation, wallet, position } = of;
  const ledgerTime = formatTime(Number(ledger_time_ms));
  return {
    organisation,
    wallet,
    revision,
    asOf: { revision: revision.toString(), position: position.toString(), ledgerTime },
  };
}

export const stateOf = (wallet: Wallet): 'active' | 'paused' => (wallet.isPaused ? 'paused' : 'active');

export const balanceAnswer = ({ organisation, wallet, asOf }: AccountView): BalanceAnswer => ({
  organisation,
  plan: wallet.plan,
  state: stateOf(wallet),
  asOf,
  pools: poolViews(wallet).map(poolAnswer),
});

/** The same as JSON text. Of one wallet all but `asOf` stays as it is, so it is written once, when somebody asks. */
export class BalanceText {
  #before = '';
  #after = '';

  constructor(private readonly account: AccountView) {}

  at(asOf: AsOf): string {
    if (this.#before === '') {
      const { organisation, plan, state, pools } = balanceAnswer(this.account);
      this.#before = `${JSON.stringify({ organisation, plan, state }).slice(0, -1)},"asOf":`;
      this.#after = `,"pools":${JSON.stringify(pools)}}`;
    }
    return this.#before + JSON.stringify(asOf) + this.#after;
  }
}

export const cycleAnswer = (cycle: { readonly startMs: number; readonly endMs: number }) => ({
  start: formatTime(cycle.startMs),
  end: formatTime(cycle.endMs),
});

/** One pool of a balance answer. */
export function poolAnswer(view: PoolView): PoolAnswer {
  return {
    pool: view.pool,
    opening: formatCredits(view.openingNanos),
    granted: formatCredits(view.grantedNanos),
    refunded: formatCredits(view.refundedNanos),
    adjusted: formatCredits(view.adjustedNanos),
    used: formatCredits(view.usedNanos),
    expired: formatCredits(view.expiredNanos),
    balance: formatCredits(view.balanceNanos),
    held: formatCredits(view.heldNanos),
    available: formatCredits(view.availableNanos),
    overdraft: formatCredits(view.overdraftNanos),
    negativeLimit: formatCredits(view.negativeLimitNanos),
    status: view.status,
    percentUsed: formatScaled(view.percentUsedHundredths, 2),
    cycle: cycleAnswer(view.cycle),
    resetAt: formatTime(view.resetAtMs),
    grants: view.grants.map((grant) => ({
      id: grant.id,
      source: grant.source,
      priority: grant.priority,
      amount: formatCredits(grant.amountNanos),
      remaining: formatCredits(grant.remainingNanos),
      effectiveAt: formatTime(grant.effectiveAtMs),
      expiresAt: grant.expiresAtMs === null ? null : formatTime(grant.expiresAtMs),
    })),
  };
}
