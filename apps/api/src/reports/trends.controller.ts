import { Controller, Inject } from '@nestjs/common';
import { addPeriod, DAY_MS, dayOf, formatCredits, formatScaled, formatTime, parsePeriod } from '@app/metering';
import type { Wallet } from '@app/metering';
import type { AsOf, Queries } from '@app/read-models';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { timeOrNull } from '../edge/formats.js';
import { minRevisionQuery, pageQuery, wholeHour } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';
import { awaitRevision } from '../queries/account-queries.controller.js';
import { checkDimensions, checkRange, filterQuery } from '../queries/ranges.js';
import { listAnswer, pageOf } from '../queries/read.js';
import { whenVisible } from '../queries/when-visible.js';
import { CURSORS, PARTS, QUERIES } from '../tokens.js';
import { FLAG_HISTORY_DAYS, FLAGS_RULE, flagsOf } from './flags.js';
import { FORECAST_RULE, forecastOf } from './forecast.js';
import { readUsage } from './read-usage.js';
import { reportTimeMs } from './report-clock.js';
import { weeksOf, withChanges } from './series.js';

/** Days of fixed length from a period: months count as thirty. */
const span = z
  .string()
  .max(32)
  .transform((text, context) => {
    const period = parsePeriod(text);
    const days = period === undefined ? 0 : period.days + period.months * 30;
    if (days < 1 || days > LIMITS.reportDaysMax)
      context.addIssue({ code: 'custom', message: `is not a period of 1 to ${LIMITS.reportDaysMax} days, like P30D` });
    return days;
  })
  .meta({ examples: ['P30D'] });

const reportQuery = { ...pageQuery, ...minRevisionQuery };
const trendsQuery = z.strictObject({
  ...reportQuery,
  ...filterQuery,
  window: z.enum(['day', 'week', 'month']).optional(),
  groupBy: z.string().max(1_000).optional(),
  from: wholeHour.optional(),
  to: wholeHour.optional(),
});
const forecastQuery = z.strictObject({ ...reportQuery, basedOn: span.optional(), for: span.optional() });
const flagsQuery = z.strictObject({ ...reportQuery, basedOn: span.optional() });
const report = listAnswer.extend({ organisation: z.string() });

/** Windows that a trend shows when no range is asked for. */
const DEFAULT_SPAN = { day: 'P30D', week: 'P12W', month: 'P12M' } as const;

const ORGANISATION = '/v1/organisations/:organisation';

/** Where usage goes: series, a straight line ahead, and what is unusual. */
@Controller()
export class TrendsController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/trends`,
    summary: 'Usage as a series of days, weeks or months, each beside the one before',
    scope: 'read',
    query: trendsQuery,
    hasFilters: true,
    answer: report,
  })
  async trends(@TheCall() call: Call, @TheQuery() asked: z.output<typeof trendsQuery>): Promise<object> {
    const { window = 'day', filter = {} } = asked;
    const groupBy = asked.groupBy === undefined || asked.groupBy === '' ? [] : asked.groupBy.split(',');
    checkDimensions(this.parts.catalogs.current, 'groupBy', groupBy);
    checkDimensions(this.parts.catalogs.current, 'filter', Object.keys(filter));
    const { nowMs } = await this.#account(call, asked.minRevision);
    const to = asked.to ?? (dayOf(nowMs) + 1) * DAY_MS;
    const range = checkRange({ from: asked.from ?? before(to, DEFAULT_SPAN[window]), to });
    const read = { ...range, window: window === 'month' ? 'month' : 'day', groupBy, filter } as const;
    const usage = await readUsage(this.parts, call.organisation, read);
    const items = window === 'week' ? weeksOf(usage.items, range) : usage.items;
    const { fromMs, toMs } = range;
    return {
      organisation: call.organisation,
      asOf: usage.asOf,
      from: formatTime(fromMs),
      to: formatTime(toMs),
      window,
      groupBy,
      ...pageOf(call, this.cursors, { asked, items: withChanges(items) }),
    };
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/forecast`,
    summary: 'Days until each pool is exhausted, and the balance expected at the end of the cycle',
    scope: 'read',
    query: forecastQuery,
    answer: report,
  })
  async forecast(@TheCall() call: Call, @TheQuery() asked: z.output<typeof forecastQuery>): Promise<object> {
    const { wallet, asOf, nowMs } = await this.#account(call, asked.minRevision);
    const { basedOn = 30, for: ahead = 90 } = asked;
    const fromMs = Math.max(wallet.openedAtMs, nowMs - basedOn * DAY_MS);
    const spending = await this.queries.dailySpending(call.organisation, { fromMs, toMs: nowMs + 1 });
    const cycleEndMs = wallet.cycles.at(-1)?.endMs ?? nowMs;
    const items = [...wallet.pools.values()].map(({ key, balanceNanos }) => {
      const spentNanos = spending.filter(({ pool }) => pool === key).reduce((sum, day) => sum + day.spentNanos, 0n);
      const made = forecastOf({ balanceNanos, spentNanos, fromMs, nowMs, cycleEndMs, forMs: ahead * DAY_MS });
      return {
        pool: key,
        balance: formatCredits(balanceNanos),
        used: formatCredits(spentNanos),
        perDay: formatCredits(made.perDayNanos),
        daysUntilExhausted:
          made.daysUntilExhaustedMillis === null ? null : formatScaled(made.daysUntilExhaustedMillis, 3),
        exhaustedAt: timeOrNull(made.exhaustedAtMs),
        expectedUsed: formatCredits(made.expectedUsedNanos),
        cycleEnd: formatTime(cycleEndMs),
        expectedCycleEndBalance: formatCredits(made.expectedCycleEndBalanceNanos),
      };
    });
    const spans = { basedOn: `P${basedOn}D`, for: `P${ahead}D`, from: formatTime(fromMs), at: formatTime(nowMs) };
    const page = pageOf(call, this.cursors, { asked, items });
    return { organisation: call.organisation, asOf, ...spans, rule: FORECAST_RULE, ...page };
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/flags`,
    summary: 'Days on which a pool was used at an unusual rate, against its own history',
    scope: 'read',
    query: flagsQuery,
    answer: report,
  })
  async flags(@TheCall() call: Call, @TheQuery() asked: z.output<typeof flagsQuery>): Promise<object> {
    const { asOf, nowMs } = await this.#account(call, asked.minRevision);
    const lastDay = dayOf(nowMs);
    const firstDay = lastDay - (asked.basedOn ?? 7) + 1;
    const fromMs = (firstDay - FLAG_HISTORY_DAYS) * DAY_MS;
    const series = await this.queries.dailySpending(call.organisation, { fromMs, toMs: (lastDay + 1) * DAY_MS });
    const items = flagsOf(series, firstDay, lastDay).map(({ pool, day, spentNanos, medianNanos, timesHundredths }) => ({
      pool,
      day: formatTime(day * DAY_MS),
      credits: formatCredits(spentNanos),
      usual: formatCredits(medianNanos),
      times: formatScaled(timesHundredths, 2),
    }));
    const page = pageOf(call, this.cursors, { asked, items });
    return { organisation: call.organisation, asOf, rule: FLAGS_RULE, ...page };
  }

  async #account(
    call: Call,
    minRevision: bigint | undefined,
  ): Promise<{ readonly wallet: Wallet; readonly asOf: AsOf; readonly nowMs: number }> {
    await awaitRevision(this.queries, call, minRevision);
    const { wallet, asOf } = await whenVisible(this.parts, call.organisation, () =>
      this.queries.wallet(call.organisation),
    );
    return { wallet, asOf, nowMs: reportTimeMs(wallet, this.parts.nowMs()) };
  }
}

/** The start of a span that ends at `ms`. */
function before(ms: number, text: string): number {
  const { months = 0, days = 0 } = parsePeriod(text) ?? {};
  return addPeriod(ms - days * DAY_MS, { months: -months, days: 0 });
}
