import { figureOf, percentile } from '../figure.js';
import { usageLoad } from '../load/usage-load.js';
import type { Stage } from '../stage.js';
import { FoldedAccount } from '../system/folded-account.js';
import { monthStartOf } from '../system/world.js';

/** An odd number, so that the median is one of them; the first of each kind warms up and is not counted. */
const ROUNDS = 7;
const SPAN_MS = 3_600_000;

/** The fold alone, without stores: what alerts and budgets of one account add to the processor time of each event. */
export const rules: Stage = {
  name: 'rules',
  description: 'processor time of the fold with alerts and budgets, beside without',
  async run({ sizes }) {
    const toMs = Date.now();
    const fromMs = Math.max(monthStartOf(toMs), toMs - SPAN_MS);
    const span = { organisationPrefix: 'folded-', organisations: 1, fromMs, toMs };
    const { deliveries } = usageLoad({ ...span, name: 'rules', events: sizes.foldEvents });
    const texts = [...new Set(deliveries.map(({ text }) => text))];
    const [withRules, without]: [number[], number[]] = [[], []];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [ruledUs, plainUs] = [await foldUs(texts, fromMs, true), await foldUs(texts, fromMs, false)];
      if (round === 0) continue;
      withRules.push(ruledUs);
      without.push(plainUs);
    }
    return [
      figureOf({
        stage: this.name,
        figure: 'fold with two alerts and three budgets, CPU an event',
        value: percentile(withRules, 0.5),
        unit: 'µs',
        baseline: 'the same account without',
        baselineValue: percentile(without, 0.5),
        better: 'lower',
      }),
    ];
  },
};

/** Processor time of one account's fold an event, in microseconds: this process has nothing else to do meanwhile. */
async function foldUs(texts: readonly string[], atMs: number, isRuled: boolean): Promise<number> {
  const account = await FoldedAccount.open({ atMs, expectedEvents: texts.length, isRuled });
  const records = account.recordsOf(texts);
  const before = process.cpuUsage();
  account.fold(records);
  const { user, system } = process.cpuUsage(before);
  account.check(texts.length);
  return (user + system) / texts.length;
}
