import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolOf, usageOf } from '../support/figures.js';
import { backfill } from '../support/run-app.js';
import { makeDataDir, removeDataDir, startStandalone } from '../support/standalone.js';
import type { StandaloneProcess } from '../support/standalone.js';

const TIMEOUT_MS = 180_000;
/** A month that is over, so that the gigabytes held since its start have accrued to its end. */
const [MONTH_START, NEXT_MONTH] = ['2025-06-01T00:00:00Z', '2025-07-01T00:00:00Z'];

interface Team {
  readonly organisation: string;
  readonly traces: number;
  readonly spans: number;
  readonly points: number;
  readonly gigabytes: number;
  readonly requests: number;
  readonly credits: Readonly<Record<string, string>>;
  readonly total: string;
}

type Five = readonly [string, string, string, string, string];

const credits = (...[traces, spans, points, storage, requests]: Five) => ({
  traces,
  spans,
  'metric-points': points,
  'storage-gb-months': storage,
  'api-requests': requests,
});

const TEAMS: readonly Team[] = [
  {
    organisation: 'small-team',
    traces: 50_000,
    spans: 200_000,
    points: 100_000,
    gigabytes: 2,
    requests: 10_000,
    credits: credits('50', '20', '5', '10', '5'),
    total: '90',
  },
  {
    organisation: 'growing-startup',
    traces: 500_000,
    spans: 2_000_000,
    points: 1_000_000,
    gigabytes: 20,
    requests: 100_000,
    credits: credits('500', '200', '50', '100', '50'),
    total: '900',
  },
  {
    organisation: 'enterprise',
    traces: 10_000_000,
    spans: 50_000_000,
    points: 20_000_000,
    gigabytes: 500,
    requests: 5_000_000,
    credits: credits('10000', '5000', '1000', '2500', '2500'),
    total: '21000',
  },
];

/** A month as its producers report it: every third day a tenth of all, and the gigabytes once, at the start. */
function eventsOf(team: Team): readonly object[] {
  const event = (id: string, time: string, type: string, data: object) => ({
    id,
    time,
    type,
    subject: team.organisation,
    data,
  });
  const daily = Array.from({ length: 10 }, (_, index) => {
    const time = `2025-06-${String(1 + index * 3).padStart(2, '0')}T12:00:00Z`;
    return [
      event(`traces-${index}`, time, 'traces.ingested', { traces: team.traces / 10 }),
      event(`spans-${index}`, time, 'spans.ingested', { spans: team.spans / 10 }),
      event(`points-${index}`, time, 'metrics.ingested', { points: team.points / 10 }),
      event(`requests-${index}`, time, 'api.requested', { requests: team.requests / 10 }),
    ];
  });
  const storage = event('storage', MONTH_START, 'storage.measured', { gigabytes: team.gigabytes });
  // The first usage of the next month is what lets the account's time pass the month's end.
  const next = event('next-month', NEXT_MONTH, 'evaluations.ran', { evaluations: 0 });
  return [storage, ...daily.flat(), next];
}

describe('the worked examples of six operations', () => {
  let dataDir: string;
  let scratch: string;
  let app: StandaloneProcess;

  beforeAll(async () => {
    [dataDir, scratch] = [await makeDataDir(), await mkdtemp(join(tmpdir(), 'examples-'))];
    app = await startStandalone({ dataDir, catalog: 'examples/catalogs/agenticants.json' });
    const file = join(scratch, 'month.ndjson');
    await writeFile(
      file,
      TEAMS.flatMap(eventsOf)
        .map((event) => JSON.stringify(event))
        .join('\n'),
    );
    await backfill(app.url, file);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await app.end();
    await Promise.all([removeDataDir(dataDir), rm(scratch, { recursive: true })]);
  }, TIMEOUT_MS);

  it.each(TEAMS)('$organisation: $total credits in the month', async ({ organisation, credits: wanted, total }) => {
    const items = (await usageOf(app.client, organisation, 'meter')).filter(({ start }) => start === MONTH_START);
    const used = Object.fromEntries(items.map((item) => [item.group['meter'], item.credits]));
    expect(used).toEqual(wanted);
    const answer = await app.client.get(`/v1/organisations/${organisation}/monthly-summaries?year=2025&month=6`);
    expect(answer.json()).toMatchObject({ items: [{ pools: [{ pool: 'credits', granted: '100000', used: total }] }] });
  });

  it.each(TEAMS)('$organisation begins the next month with all that the plan includes', async ({ organisation }) => {
    expect(await poolOf(app.client, organisation)).toMatchObject({ granted: '100000', used: '0', balance: '100000' });
  });
});
