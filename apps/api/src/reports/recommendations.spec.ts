import { describe, expect, it } from '@jest/globals';
import { recommendationsOf, type RecommendationBasis } from './recommendations.js';

const NOTHING: RecommendationBasis = { meters: [], projects: [], boughtByMonthNanos: [0n, 0n, 0n] };
const meter = (key: string, creditsNanos: bigint, aggregation = 'sum') => ({ meter: key, aggregation, creditsNanos });

const savings = (basis: Partial<RecommendationBasis>): [string, bigint][] =>
  recommendationsOf({ ...NOTHING, ...basis }).map(({ id, savingNanos }) => [id, savingNanos]);

describe('recommendations', () => {
  it.each<[string, Partial<RecommendationBasis>, [string, bigint][]]>([
    ['nothing', {}, []],
    ['traces and spans', { meters: [meter('traces', 100n), meter('spans', 20n)] }, [['sampling', 108n]]],
    [
      'storage',
      { meters: [meter('storage-gb-months', 100n, 'time-weighted')] },
      [
        ['compression', 60n],
        ['retention', 50n],
      ],
    ],
    ['API requests', { meters: [meter('api-requests', 100n)] }, [['batching', 99n]]],
    ['tokens', { meters: [meter('input-tokens', 100n)] }, []],
    [
      'projects',
      {
        projects: [
          { project: 'chat-dev', creditsNanos: 10n },
          { project: 'staging', creditsNanos: 10n },
          { project: 'devices', creditsNanos: 1_000n },
          { project: null, creditsNanos: 1_000n },
        ],
      },
      [['selective-instrumentation', 18n]],
    ],
    ['packs in each of three months', { boughtByMonthNanos: [30n, 60n, 30n] }, [['upgrade', 40n]]],
    ['a month without a pack', { boughtByMonthNanos: [30n, 0n, 30n] }, []],
  ])('%s', (_, basis, expected) => {
    expect(savings(basis)).toEqual(expected);
  });
});
