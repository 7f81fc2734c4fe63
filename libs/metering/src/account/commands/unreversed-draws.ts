import type { AccountState } from '../account-state.js';
import type { RefundableDraw } from './account-commands.js';

/**
 * How much of recorded draws nothing has reversed yet: a negative charge may have given some back, and overdraft may
 * have been forgiven. Counted by rate, cycle and grant: what is taken for one draw is not there for the next.
 */
export class UnreversedDraws {
  private readonly left = new Map<string, bigint | null>();

  constructor(private readonly state: AccountState) {}

  /** As much of `askedNanos` as is there. */
  take(draw: RefundableDraw, askedNanos: bigint): bigint {
    const { pool, cycleStartMs, rate, grant, isReversible } = draw;
    const key = JSON.stringify([pool, cycleStartMs, rate, grant, isReversible]);
    const left = this.left.get(key) ?? this.leftOf(draw);
    const taken = left !== null && left < askedNanos ? left : askedNanos;
    this.left.set(key, left === null ? null : left - taken);
    return taken;
  }

  /** Null where nothing but refunds reverses such draws. */
  private leftOf(draw: RefundableDraw): bigint | null {
    const ofRate = draw.isReversible ? this.rememberedOf(draw) : null;
    if (draw.grant !== null) return ofRate;
    const ofDebt = this.unforgivenOf(draw);
    return ofRate === null || ofDebt < ofRate ? ofDebt : ofRate;
  }

  private rememberedOf({ cycleStartMs, rate, grant }: RefundableDraw): bigint {
    const draws = this.state.rates.get(cycleStartMs)?.get(rate ?? '')?.draws ?? [];
    return draws.reduce((sum, draw) => (draw.grant === grant ? sum + draw.amountNanos : sum), 0n);
  }

  /** Overdraft that is owed still, or was paid by a grant. */
  private unforgivenOf({ pool, cycleStartMs, rate }: RefundableDraw): bigint {
    const debts = this.state.wallet.pools.get(pool)?.debts ?? [];
    const debt = debts.find((each) => each.cycleStartMs === cycleStartMs && each.rate === rate);
    return debt?.payments.reduce((sum, { amountNanos }) => sum + amountNanos, debt.owedNanos) ?? 0n;
  }
}
