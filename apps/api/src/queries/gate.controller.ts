import { Controller, Inject } from '@nestjs/common';
import { decideGate, formatCredits } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { invalidParameter, Problem } from '../edge/problem.js';
import { credits, minRevisionQuery, name } from '../edge/schemas.js';
import { PARTS } from '../tokens.js';
import { asOf, asOfAccount } from './as-of.js';
import { walletAt } from './wallet-at.js';

const gateQuery = z.strictObject({
  pool: name,
  estimate: credits.optional(),
  running: z.enum(['true', 'false']).optional(),
  ...minRevisionQuery,
});

const gateAnswer = z.object({
  allowed: z.boolean(),
  reason: z.string(),
  message: z.string(),
  available: z.string(),
  asOf,
});

/** May this start, or go on? Answered from the account's stream as it is now: work waits for it. */
@Controller()
export class GateController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Endpoint({
    method: 'GET',
    path: '/v1/organisations/:organisation/gate',
    summary: 'May work start (or, running=true, go on)?',
    scope: 'read',
    query: gateQuery,
    answer: gateAnswer,
  })
  async gate(
    @TheCall() call: Call,
    @TheQuery() query: z.output<typeof gateQuery>,
  ): Promise<z.input<typeof gateAnswer>> {
    const { accounts, catalogs, nowMs } = this.parts;
    const account = await accounts.loadFresh(call.organisation);
    if (!account.state.wallet.isOpen) throw Problem.of('NotFound', 'There is nothing here.');
    const { current: catalog } = catalogs;
    if (catalog?.pools.includes(query.pool) !== true) throw invalidParameter('pool', 'pool is no pool of the catalog');
    if (query.minRevision !== undefined && account.revision < query.minRevision) {
      throw Problem.of('NotYetVisible', 'The account has no such revision yet.', { retryAfterSeconds: 1 });
    }
    const wallet = walletAt(accounts, account, { catalog, nowMs: nowMs() });
    const answer = decideGate(wallet, {
      pool: query.pool,
      estimateNanos: query.estimate ?? 0n,
      isRunning: query.running === 'true',
      startThresholdNanos: catalog.plan(wallet.plan)?.startThresholds.get(query.pool) ?? 0n,
    });
    return {
      allowed: answer.isAllowed,
      reason: answer.reason,
      message: answer.message,
      available: formatCredits(answer.availableNanos),
      asOf: asOfAccount(account),
    };
  }
}
