import { describe, expect, it } from '@jest/globals';
import type { CatalogDocument } from '../../catalog/index.js';
import { AccountFixture, catalogFixture } from '../../testing/index.js';

type Versions = CatalogDocument['rateCards'][number]['versions'];

const unit = (credits: string) => ({ model: 'unit', credits, per: '1' }) as const;
const RATES: Versions[number]['rates'] = [
  { meter: 'load', where: { model: 'large' }, pool: 'credits', price: unit('2') },
  { meter: 'load', pool: 'credits', price: unit('1') },
];

/** A gauge whose series are projects, priced by model: what it holds for an hour at 1 costs 1, or 2 when large. */
function accountWith(versions: Versions): AccountFixture {
  return new AccountFixture(
    catalogFixture({
      meters: [
        {
          key: 'load',
          eventType: 'load',
          aggregation: 'time-weighted',
          value: 'n',
          per: 'hour',
          series: ['project'],
        },
      ],
      rateCards: [{ key: 'standard', versions }],
    }),
  );
}

const sample = (account: AccountFixture, model: string, time: string): void => {
  account.use({ id: time, type: 'load', time, data: { n: 1, project: 'search', model } });
};

describe('the end of a cycle', () => {
  it('adds the rest of a gauge to the rate of its samples, though its series do not name what that matches', () => {
    const account = accountWith([{ effectiveFrom: '2020-01-01T00:00:00Z', rates: RATES }]);
    sample(account, 'large', '2026-03-31T22:00:00Z');
    account.passTo('2026-04-01T00:30:00Z');
    const accrued = account.events.find((event) => event.type === 'UsageCharged' && event.feed === null);
    expect(accrued).toMatchObject({ uses: [{ rate: '["load",[["model","large"]],"credits"]' }] });
    expect(account.events.findLast((event) => event.type === 'CycleEnded')?.entries[0]?.amountNanos).toBe(
      -96_000_000_000n,
    );
    account.use({
      id: 'late',
      type: 'load',
      time: '2026-03-31T23:00:00Z',
      at: '2026-04-01T00:30:00Z',
      data: { n: 0, project: 'search', model: 'large' },
    });
    expect(account.events.at(-1)).toMatchObject({ groups: [{ creditsNanos: -2_000_000_000n }] });
  });

  it('goes on with that rate under a new version, by its new price', () => {
    const [large, any] = RATES;
    if (large === undefined || any === undefined) throw new Error('two rates');
    const newRates = [{ ...any, where: { project: 'search' } }, large, { ...any, price: unit('5') }];
    const account = accountWith([
      { effectiveFrom: '2020-01-01T00:00:00Z', rates: [any] },
      { effectiveFrom: '2026-03-31T23:00:00Z', rates: newRates },
    ]);
    sample(account, 'small', '2026-03-31T22:00:00Z');
    account.passTo('2026-04-01T00:30:00Z');
    const accrued = account.events.find((event) => event.type === 'UsageCharged' && event.feed === null);
    expect(accrued).toMatchObject({
      uses: [{ rate: '["load",[],"credits"]', effectiveFromMs: Date.parse('2026-03-31T23:00:00Z') }],
      groups: [{ creditsNanos: 10_000_000_000n }],
    });
  });
});
