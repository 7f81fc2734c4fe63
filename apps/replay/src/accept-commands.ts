import type { OnWarning } from '@app/accounts';
import type { Command } from 'commander';
import { acceptLostRecords, acceptNewTopic, type AcceptGapRequest, type AcceptRequest } from './commands/accept.js';
import type { OpenStreams } from './open-streams.js';
import { nonEmpty, offset, partition } from './option-values.js';
import type { Terminal } from './terminal.js';

/** What an operator says when a partition has stopped with an alarm, and what it asks about was meant. */
export function addAcceptCommands(
  program: Command,
  terminal: Terminal,
  choose: (action: (streams: OpenStreams) => Promise<boolean>) => void,
): void {
  const onWarning: OnWarning = (message, _error, stream) =>
    terminal.err(stream === undefined ? message : `${message}: ${stream}`);
  const saying = (lines: readonly string[]): boolean => {
    for (const line of lines) terminal.out(line);
    return true;
  };
  acceptCommand(
    program,
    'accept-topic',
    'the feed’s topic is another one under the same name: read it from its start',
  ).action((request: AcceptRequest) =>
    choose(async (streams) => saying(await acceptNewTopic(streams, request, onWarning))),
  );
  acceptCommand(program, 'accept-gap', 'records that were never decided are gone: go on after them')
    .requiredOption('--partition <number>', 'the partition', partition)
    .requiredOption('--from <offset>', 'the stored position', offset)
    .requiredOption('--to <offset>', 'where the log starts now', offset)
    .action((request: AcceptGapRequest) =>
      choose(async (streams) => saying(await acceptLostRecords(streams, request, onWarning))),
    );
}

const acceptCommand = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .requiredOption('--topic <name>', 'the topic', nonEmpty)
    .requiredOption('--actor <name>', 'who accepts it; the partition’s stream keeps it', nonEmpty)
    .requiredOption('--reason <text>', 'why', nonEmpty);
