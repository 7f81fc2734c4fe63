/** What one meter cost in the last thirty days. */
export interface MeterSpending {
  readonly meter: string;
  readonly aggregation: string;
  readonly creditsNanos: bigint;
}

/** What the rules look at: the account's own last thirty days. */
export interface RecommendationBasis {
  readonly meters: readonly MeterSpending[];
  /** By value of the `project` dimension, of all meters but those that are held over time. */
  readonly projects: readonly { readonly project: string | null; readonly creditsNanos: bigint }[];
  /** Credits of packages bought, for each of the last three calendar months, newest first. */
  readonly boughtByMonthNanos: readonly bigint[];
}

export interface Recommendation {
  readonly id: string;
  readonly title: string;
  readonly action: string;
  /** Credits a month. */
  readonly savingNanos: bigint;
  readonly rule: string;
}

interface Tip {
  readonly id: string;
  readonly title: string;
  readonly action: string;
  readonly percent: bigint;
  readonly rule: string;
  readonly isAbout: (meter: MeterSpending) => boolean;
}

const has =
  (...words: readonly string[]) =>
  ({ meter }: MeterSpending): boolean =>
    words.some((word) => meter.includes(word));

/** Tips about meters. Each looks at meters by words of their keys; savings overlap and are not to be added up. */
const TIPS: readonly Tip[] = [
  {
    id: 'sampling',
    title: 'Sample traces',
    action: 'Keep a tenth of ordinary traces, and all errors and slow requests.',
    percent: 90n,
    rule: '90 % of the credits of meters about traces and spans in the last 30 days.',
    isAbout: has('trace', 'span'),
  },
  {
    id: 'retention',
    title: 'Shorten retention',
    action: 'Store traces for 30 days, metrics for 90, logs for 7, raw data for one.',
    percent: 50n,
    rule: '50 % of the credits of meters that are held over time (storage) in the last 30 days.',
    isAbout: ({ aggregation }) => aggregation === 'time-weighted',
  },
  {
    id: 'batching',
    title: 'Send in batches',
    action: 'Send 100 items with one request instead of one.',
    percent: 99n,
    rule: '99 % of the credits of meters about API requests in the last 30 days.',
    isAbout: has('api-request', 'api-call', 'requests'),
  },
  {
    id: 'compression',
    title: 'Compress what is sent',
    action: 'Switch gzip on for data transfer.',
    percent: 60n,
    rule: '60 % of the credits of meters about transfer, bandwidth, bytes and storage in the last 30 days.',
    isAbout: has('transfer', 'bandwidth', 'bytes', 'storage'),
  },
];

const TEST_PROJECT = /(^|[^a-z])(dev|development|test|testing|staging|sandbox|local)([^a-z]|$)/i;

/** What an account could save, largest saving first; nothing where there is nothing to save. */
export function recommendationsOf({ meters, projects, boughtByMonthNanos }: RecommendationBasis): Recommendation[] {
  const found = TIPS.map(({ isAbout, percent, ...tip }) => {
    const spent = meters.filter(isAbout).reduce((sum, { creditsNanos }) => sum + creditsNanos, 0n);
    return { ...tip, savingNanos: (spent * percent) / 100n };
  });
  found.push(selective(projects));
  const upgrade = upgradeOf(boughtByMonthNanos);
  if (upgrade !== null) found.push(upgrade);
  return found
    .filter(({ savingNanos }) => savingNanos > 0n)
    .toSorted((one, other) => (one.savingNanos > other.savingNanos ? -1 : 1));
}

function selective(projects: RecommendationBasis['projects']): Recommendation {
  const spent = projects
    .filter(({ project }) => project !== null && TEST_PROJECT.test(project))
    .reduce((sum, { creditsNanos }) => sum + creditsNanos, 0n);
  return {
    id: 'selective-instrumentation',
    title: 'Instrument what matters',
    action: 'Sample a tenth of development traffic; skip health checks and internal requests.',
    savingNanos: (spent * 90n) / 100n,
    rule: '90 % of the credits of projects named dev, test, staging, sandbox or local in the last 30 days.',
  };
}

/** Packs that are bought month after month cost more than a plan that includes them. */
function upgradeOf(bought: readonly bigint[]): Recommendation | null {
  if (bought.length < 3 || bought.some((nanos) => nanos <= 0n)) return null;
  const total = bought.reduce((sum, nanos) => sum + nanos, 0n);
  return {
    id: 'upgrade',
    title: 'Upgrade the plan',
    action: 'Choose a plan that includes what is bought in packs every month.',
    savingNanos: total / BigInt(bought.length),
    rule: 'Packs were bought in each of the last three calendar months: the average credits a month.',
  };
}
