import { Controller, Inject } from '@nestjs/common';
import { civilOf, DAY_MS, dayOf, daysFromCivil, formatCredits, formatTime } from '@app/metering';
import type { Queries } from '@app/read-models';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { invalidParameter, Problem } from '../edge/problem.js';
import { minRevisionQuery, pageQuery } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';
import { invoiceOf } from '../payments/payment-records.js';
import { accountNow } from '../queries/account-now.js';
import { awaitRevision } from '../queries/account-queries.controller.js';
import { pageOf } from '../queries/read.js';
import { whenVisible } from '../queries/when-visible.js';
import { CURSORS, PARTS, QUERIES } from '../tokens.js';
import { boughtPackages } from './bought-packages.js';
import { formatWeek, parseWeek, weekStartOf } from './iso-week.js';
import { nanosOf, readUsage, sumOf } from './read-usage.js';
import { recommendationsOf } from './recommendations.js';
import { reportTimeMs } from './report-clock.js';
import { changeOf } from './series.js';
import { statementOf, statementView } from './statement.js';

const weeklyQuery = z.strictObject({
  ...minRevisionQuery,
  week: z
    .string()
    .max(16)
    .optional()
    .meta({ description: 'ISO week, UTC; the current one when absent', examples: ['2026-W47'] }),
});
const statementsQuery = z.strictObject({
  ...pageQuery,
  ...minRevisionQuery,
  year: z
    .string()
    .regex(/^\d{4}$/)
    .transform(Number)
    .optional(),
  month: z
    .string()
    .regex(/^(0?[1-9]|1[0-2])$/)
    .transform(Number)
    .optional(),
});
const savingsQuery = z.strictObject({ ...pageQuery, ...minRevisionQuery });
const report = z.looseObject({ organisation: z.string() });
const statements = report.extend({ items: z.array(statementView), next: z.string().nullable() });

const WEEK_MS = 7 * DAY_MS;
const SAVINGS_DAYS = 30;
const ORGANISATION = '/v1/organisations/:organisation';

/** Reports to read at the end of a week or a month, and what could be saved. */
@Controller()
export class ReportsController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(QUERIES) private readonly queries: Queries,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/reports/weekly`,
    summary: 'Credits of a week, of the week before, and the change, by meter',
    scope: 'read',
    query: weeklyQuery,
    answer: report,
  })
  async weekly(@TheCall() call: Call, @TheQuery() asked: z.output<typeof weeklyQuery>): Promise<object> {
    const nowMs = await this.#reportTime(call, asked.minRevision);
    const startMs = asked.week === undefined ? weekStartOf(nowMs) : parseWeek(asked.week);
    if (startMs === undefined) throw invalidParameter('week', 'week names no ISO week, like 2026-W47');
    const [current, last] = await Promise.all([this.#week(call, startMs), this.#week(call, startMs - WEEK_MS)]);
    const thisWeek = sumOf(current.items);
    const lastWeek = sumOf(last.items);
    const share = changeOf(thisWeek, lastWeek);
    const meters = [...new Set([...current.items, ...last.items].map(({ group }) => group['meter'] ?? ''))].toSorted();
    const creditsOf = (items: typeof current.items, meter: string): string =>
      formatCredits(sumOf(items.filter(({ group }) => group['meter'] === meter)));
    return {
      organisation: call.organisation,
      asOf: current.asOf,
      week: formatWeek(startMs),
      from: formatTime(startMs),
      to: formatTime(startMs + WEEK_MS),
      thisWeek: formatCredits(thisWeek),
      lastWeek: formatCredits(lastWeek),
      change: share,
      changePercent: share === null ? null : formatCredits(nanosOf(share) * 100n),
      meters: meters.map((meter) => {
        const [now, before] = [creditsOf(current.items, meter), creditsOf(last.items, meter)];
        return { meter, thisWeek: now, lastWeek: before, change: changeOf(nanosOf(now), nanosOf(before)) };
      }),
    };
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/statements`,
    summary: 'Closed months as invoice statements, newest first',
    scope: 'read',
    query: statementsQuery,
    answer: statements,
  })
  async statements(
    @TheCall() call: Call,
    @TheQuery() asked: z.output<typeof statementsQuery>,
  ): Promise<z.input<typeof statements>> {
    const { year, month, minRevision } = asked;
    const account = await accountNow(this.parts, call, minRevision);
    await awaitRevision(this.queries, call, minRevision);
    const catalog = this.parts.catalogs.current;
    if (catalog === undefined) throw Problem.of('NotFound', 'There is nothing here.');
    const request = { year, month, limit: LIMITS.statementsMax };
    const { organisation } = call;
    const summaries = await whenVisible(this.parts, organisation, () =>
      this.queries.monthlySummaries(organisation, request),
    );
    const closed = summaries.items.filter((summary) => summary.closed);
    const page = pageOf(call, this.cursors, { asked, items: closed });
    const items: z.input<typeof statementView>[] = [];
    for (const summary of page.items) {
      const startMs = Date.parse(summary.cycle.start);
      const cycle = account.state.wallet.cycles.find((each) => each.startMs === startMs);
      if (cycle === undefined) continue;
      const range = { fromMs: cycle.startMs, toMs: cycle.endMs };
      const bought = await boughtPackages(this.parts.store, account, range);
      const invoice = invoiceOf(account.state, formatTime(cycle.startMs));
      items.push(statementOf({ organisation, cycle, summary, catalog, bought, invoice }));
    }
    return { organisation: call.organisation, asOf: summaries.asOf, items, next: page.next };
  }

  @Endpoint({
    method: 'GET',
    path: `${ORGANISATION}/recommendations`,
    summary: 'What could be saved in a month, each with the rule behind it',
    scope: 'read',
    query: savingsQuery,
    answer: report,
  })
  async recommendations(@TheCall() call: Call, @TheQuery() asked: z.output<typeof savingsQuery>): Promise<object> {
    const nowMs = await this.#reportTime(call, asked.minRevision);
    const account = await accountNow(this.parts, call);
    const toMs = (dayOf(nowMs) + 1) * DAY_MS;
    const range = { fromMs: toMs - SAVINGS_DAYS * DAY_MS, toMs, window: null, filter: {} };
    const hasProjects = this.parts.catalogs.current?.dimensions.includes('project') === true;
    const groupBy = hasProjects ? ['meter', 'project'] : ['meter'];
    const usage = await readUsage(this.parts, call.organisation, { ...range, groupBy });
    const rows = usage.items.map(({ group, credits }) => {
      const meter = group['meter'] ?? '';
      const aggregation: string = this.parts.catalogs.current?.meter(meter)?.aggregation ?? '';
      return { meter, aggregation, project: group['project'] ?? null, creditsNanos: nanosOf(credits) };
    });
    const projects = rows.filter(({ aggregation }) => aggregation !== 'time-weighted');
    const months = lastMonths(nowMs);
    const bought = await boughtPackages(this.parts.store, account, { fromMs: months[2]?.fromMs ?? 0, toMs });
    const boughtByMonthNanos = months.map(({ fromMs, toMs: endMs }) =>
      sumOf(bought.filter(({ atMs }) => atMs >= fromMs && atMs < endMs)),
    );
    const items = recommendationsOf({ meters: rows, projects, boughtByMonthNanos }).map(({ savingNanos, ...each }) => ({
      ...each,
      saving: formatCredits(savingNanos),
      unit: 'credits per month',
    }));
    const { organisation } = call;
    const basis = { from: formatTime(range.fromMs), to: formatTime(toMs) };
    const page = pageOf(call, this.cursors, { asked, items });
    return { organisation, asOf: usage.asOf, basedOn: basis, ...page };
  }

  async #reportTime(call: Call, minRevision: bigint | undefined): Promise<number> {
    await awaitRevision(this.queries, call, minRevision);
    const { wallet } = await whenVisible(this.parts, call.organisation, () => this.queries.wallet(call.organisation));
    return reportTimeMs(wallet, this.parts.nowMs());
  }

  #week({ organisation }: Call, fromMs: number) {
    const range = { fromMs, toMs: fromMs + WEEK_MS, window: null, filter: {} };
    return readUsage(this.parts, organisation, { ...range, groupBy: ['meter'] });
  }
}

/** The calendar month that contains an instant and the two before, newest first. */
function lastMonths(ms: number): { readonly fromMs: number; readonly toMs: number }[] {
  const { year, month } = civilOf(ms);
  const startOf = (back: number): number => {
    const fromZero = year * 12 + (month - 1) - back;
    return daysFromCivil(Math.floor(fromZero / 12), (fromZero % 12) + 1, 1) * DAY_MS;
  };
  return [0, 1, 2].map((back) => ({ fromMs: startOf(back), toMs: startOf(back - 1) }));
}
