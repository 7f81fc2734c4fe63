import { Controller, Inject } from '@nestjs/common';
import { formatCredits, formatMoney, formatTime, parseMoney } from '@app/metering';
import type { OpenRecharge, RechargeState } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { commandAnswer } from '../commands/command-runner.js';
import type { CommandRunner } from '../commands/command-runner.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { credits, minRevisionQuery, name } from '../edge/schemas.js';
import { accountNow } from '../queries/account-now.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { COMMANDS, PARTS } from '../tokens.js';

const settings = z.strictObject({
  enabled: z.boolean(),
  package: name,
  threshold: credits.meta({ description: 'Recharges while available is below it' }),
  monthlyLimit: z
    .string()
    .max(64)
    .optional()
    .meta({ description: "In the package's currency; 50.00 when absent", examples: ['50.00'] }),
});
const query = z.strictObject(minRevisionQuery);
const money = z.object({ amount: z.string(), currency: z.string() });
const state = z.object({
  organisation: z.string(),
  asOf,
  enabled: z.boolean(),
  package: z.string(),
  threshold: z.string(),
  monthlyLimit: z.string(),
  currency: z.string().nullable(),
  spentThisMonth: z.string(),
  retryAt: z.string().nullable().meta({ description: 'Nothing is requested before, after a decline' }),
  open: z.object({ id: z.string(), package: z.string(), price: money, requestedAt: z.string() }).nullable(),
});

const PATH = '/v1/organisations/:organisation/auto-recharge';

/** Buying a package by itself when credits run low. */
@Controller()
export class AutoRechargeController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
  ) {}

  @Endpoint({
    method: 'PUT',
    path: PATH,
    summary: 'Buy a package by itself when available credits fall below a threshold',
    scope: 'write',
    body: settings,
    answer: commandAnswer,
  })
  set(@TheCall() call: Call, @TheBody() body: z.output<typeof settings>): Promise<z.output<typeof commandAnswer>> {
    const command = {
      kind: 'SetAutoRecharge',
      enabled: body.enabled,
      package: body.package,
      thresholdNanos: body.threshold,
      monthlyLimitMinor: body.monthlyLimit === undefined ? null : this.#minorOf(body.monthlyLimit, body.package),
    } as const;
    return this.commands.run(call, { route: 'auto-recharge', command, body });
  }

  @Endpoint({ method: 'GET', path: PATH, summary: 'Auto-recharge as it is set', scope: 'read', query, answer: state })
  async get(@TheCall() call: Call, @TheQuery() asked: z.output<typeof query>): Promise<z.input<typeof state>> {
    const account = await accountNow(this.parts, call, asked.minRevision);
    const { recharge, ledgerTimeMs } = account.state.wallet;
    if (recharge === null) throw Problem.of('NotFound', 'There is nothing here.');
    const currency = this.#currencyOf(recharge.package);
    // A package that was withdrawn since has no currency any more: two places are what most have.
    const shown = (amountMinor: bigint): string => formatMoney({ amountMinor, currency: currency ?? '' });
    return {
      organisation: call.organisation,
      asOf: asOfAccount(account),
      enabled: recharge.enabled,
      package: recharge.package,
      threshold: formatCredits(recharge.thresholdNanos),
      monthlyLimit: shown(recharge.monthlyLimitMinor),
      currency,
      spentThisMonth: shown(spentIn(recharge, ledgerTimeMs)),
      retryAt: recharge.retryAtMs > ledgerTimeMs ? formatTime(recharge.retryAtMs) : null,
      open: recharge.open && openView(recharge.open),
    };
  }

  #currencyOf = (bought: string): string | null => this.parts.catalogs.current?.package(bought)?.currency ?? null;

  /** @throws Problem InvalidBody where it is no amount of the package's currency */
  #minorOf(amount: string, bought: string): bigint {
    // Of a package that is none the account says so itself.
    const parsed = parseMoney(amount, this.#currencyOf(bought) ?? 'EUR');
    if (parsed !== undefined) return parsed.amountMinor;
    const detail = "monthlyLimit is no amount of the package's currency";
    throw Problem.of('InvalidBody', '1 field is not valid', {
      errors: [{ pointer: '/monthlyLimit', code: 'Invalid', detail }],
    });
  }
}

const openView = ({ purchase, package: bought, amountMinor, currency, requestedAtMs }: OpenRecharge) => ({
  id: purchase,
  package: bought,
  price: { amount: formatMoney({ amountMinor, currency }), currency },
  requestedAt: formatTime(requestedAtMs),
});

/** What was spent in the calendar month (UTC) of ledger time; an earlier month's spend is of no account. */
function spentIn(recharge: RechargeState, ledgerTimeMs: number): bigint {
  const isThisMonth = formatTime(recharge.spendMonthMs).slice(0, 7) === formatTime(ledgerTimeMs).slice(0, 7);
  return isThisMonth ? recharge.spentMinor : 0n;
}
