/** How much is sent and asked; `--quick` is for whether it works, not for figures. */
export interface Sizes {
  readonly events: number;
  readonly organisations: number;
  /** Of the naive statement by statement: it is slow, and its rate does not change with their number. */
  readonly sqlEvents: number;
  readonly httpEvents: number;
  readonly backfillEvents: number;
  readonly hotEvents: number;
  readonly kafkaEvents: number;
  readonly halfLoadMs: number;
  readonly queries: number;
  /** Gates and holds a second, together. */
  readonly asksPerSecond: number;
  /** Of the fold by itself, in each of its rounds. */
  readonly foldEvents: number;
  /** Of the feed by itself. */
  readonly feedEvents: number;
  /** Of the growing store: its cost is compared at a tenth of them and at the end. */
  readonly growthEvents: number;
  /** Its cost over these is compared with that over ten; memory is watched while they have usage. */
  readonly growthOrganisations: number;
  /** How long memory is watched under a steady load. */
  readonly steadyMs: number;
}

export const FULL: Sizes = {
  events: 300_000,
  organisations: 1_000,
  sqlEvents: 20_000,
  httpEvents: 100_000,
  backfillEvents: 300_000,
  hotEvents: 200_000,
  kafkaEvents: 600_000,
  halfLoadMs: 10_000,
  queries: 3_000,
  asksPerSecond: 2_000,
  foldEvents: 100_000,
  feedEvents: 300_000,
  growthEvents: 1_000_000,
  growthOrganisations: 20_000,
  steadyMs: 60_000,
};

export const QUICK: Sizes = {
  events: 30_000,
  organisations: 1_000,
  sqlEvents: 3_000,
  httpEvents: 10_000,
  backfillEvents: 10_000,
  hotEvents: 20_000,
  kafkaEvents: 20_000,
  halfLoadMs: 2_000,
  queries: 500,
  asksPerSecond: 100,
  foldEvents: 5_000,
  feedEvents: 30_000,
  growthEvents: 30_000,
  growthOrganisations: 500,
  steadyMs: 2_000,
};

/** All loads in proportion, `events` end to end. */
export const scaled = (sizes: Sizes, events: number): Sizes => ({
  ...sizes,
  events,
  httpEvents: Math.ceil(events / 3),
  backfillEvents: events,
  hotEvents: Math.ceil((events * 2) / 3),
  kafkaEvents: events * 2,
  feedEvents: events,
  growthEvents: events,
});
