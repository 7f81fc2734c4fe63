import { Command, InvalidArgumentError } from 'commander';
import type { EventStoreSettings } from '@app/event-store';
import { addAcceptCommands } from './accept-commands.js';
import { balanceOf, printBalance } from './commands/balance.js';
import { copy, targetOf } from './commands/copy.js';
import { explain, explainedView, type ExplainRequest } from './commands/explain.js';
import { printExplanation } from './commands/print-explain.js';
import { printVerify, verifyJson } from './commands/print-verify.js';
import { rebuild } from './commands/rebuild.js';
import { verify } from './commands/verify.js';
import { LIMITS } from './limits.js';
import type { OpenStreams } from './open-streams.js';
import { instant, nonEmpty, threads } from './option-values.js';
import { toJson, type Terminal } from './terminal.js';

/** What a command line asks for; true when all is proven, or what was asked for was found. */
export type Action = (streams: OpenStreams) => Promise<boolean>;

/** The command line's grammar. It throws `CommanderError` for what makes no sense, and chooses one action otherwise. */
export function commandLine(terminal: Terminal, choose: (action: Action) => void): Command {
  const program = new Command('replay')
    .description('Proves and explains every number from the streams.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .showHelpAfterError()
    .allowExcessArguments(false);
  addVerify(program, terminal, choose);
  addExplain(program, terminal, choose);
  addBalance(program, terminal, choose);
  addRebuild(program, terminal, choose);
  addCopy(program, terminal, choose);
  addAcceptCommands(program, terminal, choose);
  return program;
}

function addVerify(program: Command, terminal: Terminal, choose: (action: Action) => void): void {
  program
    .command('verify')
    .description('check streams, charges, balances, snapshots and read models; exit 0 only if all is proven')
    .option('--organisation <name>', 'only this account', nonEmpty)
    .option('--threads <number>', 'audit the streams in so many threads: 1, 2 or 4; else as many as help', threads)
    .option('--json', 'a report for machines')
    .action(({ organisation, json, ...how }: { organisation?: string; threads?: number; json?: boolean }) =>
      choose(async (streams) => {
        const report = await verify(streams, { ...how, ...(organisation === undefined ? {} : { organisation }) });
        if (json === true) terminal.out(verifyJson(report));
        else printVerify(report, terminal);
        return report.isProven;
      }),
    );
}

interface ExplainFlags {
  readonly organisation: string;
  readonly source?: string;
  readonly event?: string;
  readonly time?: number;
  readonly entry?: string;
  readonly json?: boolean;
}

function addExplain(program: Command, terminal: Terminal, choose: (action: Action) => void): void {
  program
    .command('explain')
    .description('how a usage event or a ledger entry came to its credits')
    .requiredOption('--organisation <name>', 'the account', nonEmpty)
    .option('--source <source>', 'source of the usage event', nonEmpty)
    .option('--event <id>', 'id of the usage event', nonEmpty)
    .option('--time <time>', 'time of the usage event, RFC 3339', instant)
    .option('--entry <id>', 'a ledger entry instead', nonEmpty)
    .option('--json', 'for machines')
    .action((flags: ExplainFlags, command: Command) => {
      const request = explainRequest(flags);
      if (request === undefined) command.error('error: give either --source and --event, or --entry', { exitCode: 2 });
      else
        choose(async (streams) => {
          const explained = await explain(streams, request);
          if (explained === undefined) {
            terminal.err(`NotFound: the account ${flags.organisation} has no trace of it.`);
            return false;
          }
          if (flags.json === true) terminal.out(toJson(explainedView(explained)));
          else printExplanation(explained, terminal);
          return true;
        });
    });
}

function explainRequest({ organisation, source, event, time, entry }: ExplainFlags): ExplainRequest | undefined {
  if (entry !== undefined)
    return source === undefined && event === undefined && time === undefined ? { organisation, entry } : undefined;
  if (source === undefined || event === undefined) return undefined;
  return { organisation, source, event, ...(time === undefined ? {} : { timeMs: time }) };
}

function addBalance(program: Command, terminal: Terminal, choose: (action: Action) => void): void {
  program
    .command('balance')
    .description('the balance, folded from the account’s stream alone')
    .requiredOption('--organisation <name>', 'the account', nonEmpty)
    .option('--at <time>', 'as of this ledger time, RFC 3339', instant)
    .option('--json', 'for machines')
    .action(({ organisation, at, json }: { organisation: string; at?: number; json?: boolean }) =>
      choose(async (streams) => {
        const balance = await balanceOf(streams, { organisation, ...(at === undefined ? {} : { atMs: at }) });
        if (balance === undefined) {
          terminal.err(`NotFound: there is no account ${organisation}${at === undefined ? '' : ' at that time'}.`);
          return false;
        }
        if (json === true) terminal.out(toJson(balance));
        else printBalance(balance, terminal);
        return true;
      }),
    );
}

function addRebuild(program: Command, terminal: Terminal, choose: (action: Action) => void): void {
  program
    .command('rebuild')
    .description('build the read models anew beside the live ones, and switch at once')
    .option('--json', 'for machines')
    .action(({ json }: { json?: boolean }) =>
      choose(async (streams) => {
        const lanes = await rebuild(streams, () => undefined);
        if (json === true) terminal.out(toJson({ lanes }));
        else
          for (const { lane, generation, position, durationMs } of lanes)
            terminal.out(
              `${lane}: generation ${generation} is live, built to position ${position} in ${durationMs} ms`,
            );
        return true;
      }),
    );
}

function addCopy(program: Command, terminal: Terminal, choose: (action: Action) => void): void {
  program
    .command('copy')
    .description('copy all streams to another store and compare both; exit 0 only if they are equal')
    .requiredOption('--to <url>', 'esdb://… or postgres://…', storeUrl)
    .option('--json', 'for machines')
    .action(({ to, json }: { to: EventStoreSettings; json?: boolean }) =>
      choose(async (streams) => {
        const report = await copy(streams, to);
        const { events, streams: count, alreadyThere, differences } = report;
        if (json === true) terminal.out(toJson(report));
        else {
          terminal.out(`${events} events of ${count} streams; ${alreadyThere} were there already`);
          for (const { stream, detail } of differences.slice(0, LIMITS.findingsPrintedMax))
            terminal.err(`${stream}: ${detail}`);
          terminal.out(report.isProven ? 'Both sides are equal.' : `${differences.length} differences.`);
        }
        return report.isProven;
      }),
    );
}

function storeUrl(text: string): EventStoreSettings {
  const settings = targetOf(text);
  if (settings === undefined) throw new InvalidArgumentError('It has to begin with esdb:// or postgres://.');
  return settings;
}
