import { figureOf, formatCredits, formatTime, isBuiltInRule, isKnownReached } from '@app/metering';
import type { RuleState, Wallet } from '@app/metering';
import type { CrossingItem } from '@app/read-models';
import { z } from 'zod';

const crossing = z.object({ at: z.string(), revision: z.string(), cause: z.looseObject({ kind: z.string() }) });
const markView = z.object({
  value: z.string(),
  severity: z.string().nullable(),
  channels: z.array(z.string()),
  reached: z.boolean().meta({ description: 'In the current cycle' }),
  crossing: crossing.nullable().meta({ description: 'What reached it, once the read models have it' }),
});

/** An alert or a budget as it stands. */
export const ruleView = z.object({
  name: z.string(),
  pool: z.string(),
  basis: z.enum(['percent-used', 'percent-left', 'balance', 'budget']),
  figure: z.string().meta({ description: 'Percent or credits, as the basis says' }),
  limit: z.string().nullable(),
  scope: z.record(z.string(), z.string()),
  used: z.string().nullable().meta({ description: 'Of a budget: what it has counted in this cycle' }),
  cycle: z.object({ start: z.string(), end: z.string() }),
  at: z.array(markView),
});

/** The rules of one kind that users have set, by name. */
export const rulesOfKind = (wallet: Wallet, kind: 'alert' | 'budget'): RuleState[] =>
  [...wallet.rules.values()].filter(({ rule }) => rule.kind === kind && !isBuiltInRule(rule));

/** What is shown of one rule, with the crossings of the current cycle that are its own. */
export function viewOf(wallet: Wallet, state: RuleState, crossings: readonly CrossingItem[]): z.input<typeof ruleView> {
  const { rule } = state;
  const cycle = wallet.cycles.at(-1);
  const figure = figureOf(wallet, state);
  return {
    name: rule.name,
    pool: rule.pool,
    basis: rule.basis,
    figure: formatCredits(figure),
    limit: rule.limitNanos === null ? null : formatCredits(rule.limitNanos),
    scope: Object.fromEntries(rule.scope),
    used: rule.kind === 'budget' ? formatCredits(figure) : null,
    cycle: { start: formatTime(cycle?.startMs ?? 0), end: formatTime(cycle?.endMs ?? 0) },
    at: rule.marks.map((mark) => {
      const { severity, channels, valueNanos } = mark;
      const isReached = isKnownReached(wallet, state, mark);
      const value = formatCredits(valueNanos);
      const made = crossings.find((each) => each.kind === rule.kind && each.name === rule.name && each.value === value);
      return {
        value,
        severity,
        channels: [...channels],
        reached: isReached,
        crossing:
          isReached && made !== undefined ? { at: made.at, revision: made.revision, cause: { ...made.cause } } : null,
      };
    }),
  };
}
