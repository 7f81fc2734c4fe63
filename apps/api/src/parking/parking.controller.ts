import { Controller, Inject } from '@nestjs/common';
import { formatTime } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { PARTS } from '../tokens.js';
import type { ParkedByPartition } from './parked-accounts.js';

const parkedAccount = z.object({
  organisation: z.string(),
  parkings: z.array(
    z.object({
      topic: z.string(),
      partition: z.int(),
      fromOffset: z.string().meta({ description: 'Records of the account from this offset on are kept' }),
      reason: z.string(),
      detail: z.string(),
      parkedAt: z.string(),
    }),
  ),
});

const nothing = z.strictObject({});
const list = z.object({ items: z.array(parkedAccount) });

/** Accounts that cannot be decided: an operator mends the cause, then lets them go on. */
@Controller()
export class ParkingController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Endpoint({
    method: 'GET',
    path: '/v1/parked-accounts',
    summary: 'Accounts that cannot be decided, and why',
    scope: 'read',
    isOperatorOnly: true,
    answer: list,
  })
  async parkedAccounts(): Promise<z.input<typeof list>> {
    await this.parts.parked.look();
    const byOrganisation = new Map<string, ParkedByPartition[]>();
    for (const parking of this.parts.parked.list()) {
      const known = byOrganisation.get(parking.organisation);
      if (known === undefined) byOrganisation.set(parking.organisation, [parking]);
      else known.push(parking);
    }
    return { items: Array.from(byOrganisation, ([organisation, parkings]) => viewOf(organisation, parkings)) };
  }

  @Endpoint({
    method: 'POST',
    path: '/v1/organisations/:organisation/unpark',
    summary: 'Let a parked account be decided again, with everything that was kept of it',
    scope: 'admin',
    isOperatorOnly: true,
    body: nothing,
    isBodyOptional: true,
    answer: parkedAccount,
  })
  async unpark(
    @TheCall() call: Call,
    @TheBody() _nothing: z.output<typeof nothing>,
  ): Promise<z.input<typeof parkedAccount>> {
    const { parked, unparkRequests, accounts, nowMs } = this.parts;
    const { organisation, actor } = call;
    await parked.look();
    const parkings = parked.list().filter((parking) => parking.organisation === organisation);
    if (parkings.length === 0) throw Problem.refusal('NotParked', 'this account is not parked');
    accounts.forget(organisation);
    await unparkRequests.ask({
      organisation,
      parkings: parkings.map(({ topic, generation, partition, fromOffset }) => ({
        topic,
        generation,
        partition,
        fromOffset,
      })),
      actor,
      atMs: nowMs(),
    });
    return viewOf(organisation, parkings);
  }
}

const viewOf = (organisation: string, parkings: readonly ParkedByPartition[]): z.input<typeof parkedAccount> => ({
  organisation,
  parkings: parkings.map(({ topic, partition, fromOffset, reason, detail, atMs }) => ({
    topic,
    partition,
    fromOffset: fromOffset.toString(),
    reason,
    detail,
    parkedAt: formatTime(atMs),
  })),
});
