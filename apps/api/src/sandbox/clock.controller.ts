import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { commandAnswer } from '../commands/command-runner.js';
import type { CommandRunner } from '../commands/command-runner.js';
import { rejectionProblem } from '../commands/rejection-problem.js';
import { TheCall } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { instant } from '../edge/schemas.js';
import type { Ingestion } from '../ingest/ingestion.js';
import { LIMITS } from '../limits.js';
import { accountNow } from '../queries/account-now.js';
import { COMMANDS, FOLDED_USAGE, INGESTION, PARTS } from '../tokens.js';
import type { FoldedUsage } from './folded-usage.js';

const clock = z.strictObject({ to: instant });

/** The clock of a sandbox, which only its owner moves. */
@Controller()
export class ClockController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
    @Inject(FOLDED_USAGE) private readonly foldedUsage: FoldedUsage,
    @Inject(INGESTION) private readonly ingestion: Ingestion,
  ) {}

  @Endpoint({
    method: 'POST',
    path: '/v1/organisations/:organisation/clock',
    summary: "Move a sandbox's clock; waits until usage accepted before is folded",
    scope: 'admin',
    body: clock,
    answer: commandAnswer,
  })
  async move(@TheCall() call: Call, @TheBody() body: z.output<typeof clock>): Promise<z.output<typeof commandAnswer>> {
    const { state } = await accountNow(this.parts, call);
    // Nobody waits for what is refused in the end.
    if (state.wallet.clock !== 'manual')
      throw rejectionProblem({ code: 'ClockNotManual', detail: 'only a sandbox has a clock of its own' });
    if (!(await this.foldedUsage.wait(call.organisation, LIMITS.foldedWaitMs)))
      throw Problem.of('UsageNotFolded', 'Usage that was accepted before is still waiting.', { retryAfterSeconds: 1 });
    const command = { kind: 'MoveClock', toMs: body.to } as const;
    const answer = await this.commands.run(call, { route: 'clock', command, body });
    this.ingestion.forgetTerms(call.organisation);
    return answer;
  }
}
