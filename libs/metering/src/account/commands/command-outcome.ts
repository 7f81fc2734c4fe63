import type { Drafting } from '../drafting.js';
import type { AccountCommand, CommandContext, Rejection } from './account-commands.js';

/** One kind of command. */
export type Command<K extends AccountCommand['kind']> = Extract<AccountCommand, { readonly kind: K }>;

/** What a single command's rule answers: events were pushed to the drafting, or a rejection. */
export type CommandOutcome = { readonly answer: Readonly<Record<string, string>> } | Rejection;

/** A command's own time: never before the account's ledger time; a sandbox's clock as it is. */
export const commandTimeMs = (drafting: Drafting, context: CommandContext): number =>
  drafting.wallet.clock === 'manual'
    ? drafting.wallet.ledgerTimeMs
    : Math.max(drafting.wallet.ledgerTimeMs, context.nowMs);

/** Start of the cycle that ledger time is in: where a command's entries count. */
export const currentCycleMs = (drafting: Drafting): number => drafting.wallet.cycles.at(-1)?.startMs ?? 0;
