import type { AccountCommands, PreparedCommand } from '@app/accounts';
import type { AccountCommand } from '@app/metering';
import { z } from 'zod';
import type { Call } from '../edge/call.js';
import { rejectionProblem } from './rejection-problem.js';
import { requestHash } from './request-hash.js';

/** Every command answers the account's revision and the id of what it created, if anything. */
export const commandAnswer = z.looseObject({
  revision: z.string().meta({ description: 'Revision of the account; minRevision= of a read waits for it' }),
  id: z.string().optional().meta({ description: 'Of what was created' }),
});

export interface CommandToRun {
  readonly route: string;
  readonly command: AccountCommand | PreparedCommand;
  /** The body as the endpoint's schema made it: with another one, the same key is refused. */
  readonly body: object;
  readonly reason?: string;
}

/** Runs a command for a call, and answers as HTTP does. */
export class CommandRunner {
  constructor(private readonly commands: AccountCommands) {}

  /** @throws Problem 404, 409 or 422 by the account's rejection */
  async run(call: Call, { route, command, body, reason }: CommandToRun): Promise<z.output<typeof commandAnswer>> {
    const result = await this.commands.execute(call.organisation, {
      command,
      route,
      key: call.idempotencyKey,
      requestHash: requestHash(call.params, body),
      actor: call.actor,
      reason: reason ?? null,
    });
    if (result.kind === 'refused') throw rejectionProblem(result.rejection);
    return { ...result.answer, revision: result.revision.toString() };
  }
}
