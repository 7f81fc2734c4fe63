import type { AccountState, Debt, EndedGrant, Figures, Pool, RuleState, Wallet } from '../account-state.js';

/**
 * A draft to decide on: the original's wallet, offsets and rates stay as they were. What only ever grows (remembered
 * commands, reversals, evidence days, records, series) is shared, so when a draft that has produced events is thrown
 * away, its account is loaded again.
 */
export function cloneForDecision(state: AccountState): AccountState {
  return {
    ...state,
    wallet: cloneWallet(state.wallet),
    rates: new Map(state.rates),
    offsets: new Map(state.offsets),
    owned: new Set(),
  };
}

export function cloneWallet(wallet: Wallet): Wallet {
  return {
    ...wallet,
    plans: [...wallet.plans],
    cycles: [...wallet.cycles],
    pools: mapValues(wallet.pools, clonePool),
    holds: new Map(wallet.holds),
    endedHolds: new Map(wallet.endedHolds),
    rules: mapValues(wallet.rules, cloneRule),
    recharge: wallet.recharge === null ? null : { ...wallet.recharge, asked: new Map(wallet.recharge.asked) },
    purchases: new Map(wallet.purchases),
  };
}

const clonePool = (pool: Pool): Pool => ({
  ...pool,
  grants: pool.grants.map((grant) => ({ ...grant })),
  scheduled: [...pool.scheduled],
  ended: mapValues(pool.ended, (ended): EndedGrant => ({ ...ended })),
  debts: pool.debts.map((debt): Debt => ({ ...debt, payments: debt.payments.map((payment) => ({ ...payment })) })),
  figures: mapValues(pool.figures, (figures): Figures => ({ ...figures })),
});

const cloneRule = (rule: RuleState): RuleState => ({ ...rule, reached: new Set(rule.reached) });

const mapValues = <K, V>(map: ReadonlyMap<K, V>, copy: (value: V) => V): Map<K, V> => {
  const copied = new Map<K, V>();
  for (const [key, value] of map) copied.set(key, copy(value));
  return copied;
};
