import { withSecretFiles, type Environment } from '@app/postgres';
import { CommanderError } from 'commander';
import { commandLine, type Action } from './command-line.js';
import { NoStreams, openStreams } from './open-streams.js';
import type { Terminal } from './terminal.js';

/** All is proven, or the answer was found · differences or a failure · the command line makes no sense. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Runs one command line and answers the exit code; nothing is thrown. */
export async function runReplay(args: readonly string[], env: Environment, terminal: Terminal): Promise<number> {
  let action: Action | undefined;
  try {
    await commandLine(terminal, (chosen) => (action = chosen)).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (action === undefined) return EXIT.usage;
  return runAction(action, env, terminal);
}

async function runAction(action: Action, env: Environment, terminal: Terminal): Promise<number> {
  try {
    const streams = await openStreams(withSecretFiles(env));
    try {
      return (await action(streams)) ? EXIT.done : EXIT.failed;
    } finally {
      await streams.close();
    }
  } catch (error) {
    terminal.err(messageOf(error));
    return EXIT.failed;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof NoStreams ? `NoStreams: ${error.message}` : `${error.name}: ${error.message}`;
}
