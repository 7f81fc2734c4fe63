import type { Catalog, Package } from '../../catalog/index.js';
import { packageCredits, packagePrice } from '../../rating/index.js';
import { addPeriod } from '../../time/index.js';
import { COMMAND_LIMITS, commandRecord, type CommandContext, type Quote, type Rejection } from './account-commands.js';
import type { GrantTerms, LedgerEntry, PackageTerms, Purchase } from '../account-events.js';
import { applyEntry } from '../evolve/evolve-wallet.js';
import { cloneWallet } from '../evolve/clone-for-decision.js';
import { commandTimeMs, currentCycleMs, type Command, type CommandOutcome } from './command-outcome.js';
import type { Drafting } from '../drafting.js';
import { grantId } from '../grants/grant-id.js';
import { grantEntry } from '../grants/pay-overdraft.js';
import { planOf } from '../rules/plan-terms.js';
import { defaultPriority } from '../evolve/drawing-order.js';

/** Buys a package; its bonus is a grant and an entry of its own. */
export function purchaseCredits(
  drafting: Drafting,
  command: Command<'PurchaseCredits'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet, catalog, draft } = drafting;
  // What was quoted has been paid by now: refusing it would keep the money and the credits.
  if (command.quoted === undefined && !planOf(catalog, wallet.plan).isPaid)
    return { code: 'PlanNotPaid', detail: 'purchases need a paid plan' };
  const bought = catalog.package(command.package);
  if (bought === undefined) return { code: 'UnknownPackage', detail: `the catalog has no package ${command.package}` };
  const reference = command.paymentReference;
  if (reference !== null && draft.paymentReferences.has(reference))
    return { code: 'PaymentReferenceUsed', detail: 'this payment has been credited before' };
  const quote =
    command.quoted === undefined
      ? quoteOf(bought, command.quantityNanos)
      : { ...standingTerms(bought), ...command.quoted };
  if ('code' in quote) return quote;
  const id = `p-${drafting.nextRevision}`;
  pushPurchase(drafting, { ...quote, id, package: bought.key, paymentReference: reference, by: command.by }, context);
  return { answer: { id } };
}

/** What a quantity of a package brings and costs. */
export function quoteOf(bought: Package, quantityNanos: bigint | null): Quote | Rejection {
  const quantity = quantityNanos ?? undefined;
  const priced = packagePrice(bought, quantity);
  const credits = packageCredits(bought, quantity);
  if ('error' in priced || credits === undefined)
    return { code: 'QuantityOutOfRange', detail: 'this package is not sold in this quantity' };
  return { ...credits, ...standingTerms(bought), price: priced.price };
}

const standingTerms = ({ pool, expires, refundWindow }: Package) => ({ pool, expires, refundWindow });

interface Buying extends Quote {
  readonly id: string;
  readonly package: string;
  readonly paymentReference: string | null;
  readonly by: Purchase['by'];
}

function pushPurchase(drafting: Drafting, buying: Buying, context: CommandContext): void {
  const atMs = commandTimeMs(drafting, context);
  const { id, pool, creditsNanos, bonusNanos, price, paymentReference, by } = buying;
  const expiresAtMs = buying.expires === null ? null : addPeriod(atMs, buying.expires);
  const grantOf = (index: number, source: 'purchase' | 'bonus', amountNanos: bigint): GrantTerms => ({
    id: grantId(drafting.nextRevision, index),
    pool,
    source,
    amountNanos,
    priority: defaultPriority(source, expiresAtMs),
    effectiveAtMs: atMs,
    expiresAtMs,
    isPaid: source === 'purchase',
    isPlan: false,
    rollover: null,
    recurrence: null,
    cyclesLeft: null,
    purchase: id,
  });
  const grants = [grantOf(0, 'purchase', creditsNanos)];
  if (bonusNanos > 0n) grants.push(grantOf(1, 'bonus', bonusNanos));
  drafting.push({
    type: 'CreditsPurchased',
    atMs,
    entries: purchaseEntries(drafting, grants, atMs, by),
    purchase: {
      id,
      package: buying.package,
      pool,
      creditsNanos,
      bonusNanos,
      price,
      paymentReference,
      refundableUntilMs: buying.refundWindow === null ? null : addPeriod(atMs, buying.refundWindow),
      by,
    },
    command: commandRecord(context, { id }),
  });
}

function purchaseEntries(drafting: Drafting, grants: readonly GrantTerms[], atMs: number, by: string): LedgerEntry[] {
  const scratch = cloneWallet(drafting.wallet);
  const cycleStartMs = currentCycleMs(drafting);
  return grants.map((grant) => {
    const as =
      grant.source === 'bonus'
        ? ({ type: 'grant', figure: 'granted', cause: 'bonus' } as const)
        : ({ type: 'purchase', figure: 'granted', cause: by === 'recharge' ? 'recharge' : 'purchase' } as const);
    const entry = grantEntry(scratch.pools.get(grant.pool), grant, { ...as, cycleStartMs });
    applyEntry(scratch, entry, atMs);
    return entry;
  });
}

/** Settings of auto-recharge. The monthly limit defaults to 50.00 in the package's currency. */
export function setAutoRecharge(
  drafting: Drafting,
  command: Command<'SetAutoRecharge'>,
  context: CommandContext,
): CommandOutcome {
  const bought = drafting.catalog.package(command.package);
  if (bought?.fixedPrice === null || bought === undefined)
    return { code: 'UnknownPackage', detail: 'auto-recharge needs a package of a fixed price' };
  drafting.push({
    type: 'AutoRechargeSet',
    atMs: commandTimeMs(drafting, context),
    entries: [],
    settings: {
      enabled: command.enabled,
      package: command.package,
      thresholdNanos: command.thresholdNanos,
      monthlyLimitMinor: command.monthlyLimitMinor ?? COMMAND_LIMITS.rechargeLimitMinor,
    },
    command: commandRecord(context),
  });
  return { answer: {} };
}

/** Payment success appends the purchase that was requested once, whatever is redelivered, also after a decline. */
export function completeRecharge(
  drafting: Drafting,
  command: Command<'CompleteRecharge'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet, catalog, draft } = drafting;
  if (wallet.purchases.has(command.purchase)) return { answer: { id: command.purchase } };
  if (draft.paymentReferences.has(command.paymentReference))
    return { code: 'PaymentReferenceUsed', detail: 'this payment has been credited before' };
  const asked = wallet.recharge?.asked.get(command.purchase);
  if (asked === undefined) return { code: 'NoOpenRecharge', detail: 'no such recharge was requested' };
  const terms = asked.terms ?? termsToday(catalog, asked.package);
  if ('code' in terms) return terms;
  const price = { amountMinor: asked.amountMinor, currency: asked.currency };
  const { purchase: id, paymentReference } = command;
  pushPurchase(drafting, { ...terms, id, package: asked.package, price, paymentReference, by: 'recharge' }, context);
  return { answer: { id } };
}

/** For requests that were recorded before their terms were. */
function termsToday(catalog: Catalog, key: string): PackageTerms | Rejection {
  const bought = catalog.package(key);
  return bought === undefined
    ? { code: 'NoOpenRecharge', detail: 'the package that was requested is sold no more' }
    : quoteOf(bought, null);
}

/** A decline closes the open request; none follows within the back-off. */
export function declineRecharge(
  drafting: Drafting,
  command: Command<'DeclineRecharge'>,
  context: CommandContext,
): CommandOutcome {
  const atMs = commandTimeMs(drafting, context);
  if (drafting.wallet.recharge?.open?.purchase !== command.purchase)
    return { code: 'NoOpenRecharge', detail: 'no such recharge is open' };
  drafting.push({
    type: 'RechargeDeclined',
    atMs,
    entries: [],
    purchase: command.purchase,
    reason: command.reason,
    retryAfterMs: atMs + COMMAND_LIMITS.rechargeBackOffMs,
    command: commandRecord(context),
  });
  return { answer: {} };
}
