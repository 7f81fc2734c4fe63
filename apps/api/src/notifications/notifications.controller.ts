import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { accountStream } from '@app/accounts';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { timeOrNull } from '../edge/formats.js';
import { Problem } from '../edge/problem.js';
import { minRevisionQuery, pageQuery } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';
import { accountNow } from '../queries/account-now.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { pageRequest, sealed } from '../queries/read.js';
import { CURSORS, PARTS } from '../tokens.js';
import { channelsOf } from './channel-record.js';

const query = z.strictObject({ ...pageQuery, ...minRevisionQuery });
const delivery = z.object({
  channel: z.string(),
  kind: z.string().nullable().meta({ description: 'Null where the account has no such channel' }),
  state: z.enum(['waiting', 'delivered', 'failed', 'dropped']),
  attempts: z.int(),
  reason: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
});
const item = z.object({
  id: z.string(),
  kind: z.string(),
  severity: z.string(),
  title: z.string(),
  text: z.string(),
  at: z.string(),
  revision: z.string(),
  cause: z.looseObject({ kind: z.string() }),
  data: z.looseObject({}),
  deliveries: z.array(delivery),
});
const answer = z.object({ organisation: z.string(), asOf, items: z.array(item), next: z.string().nullable() });

/** What an account was told, when, why, and what became of it. */
@Controller()
export class NotificationsController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({
    method: 'GET',
    path: '/v1/organisations/:organisation/notifications',
    summary: 'What was sent, when and by what cause, newest first',
    scope: 'read',
    query,
    answer,
  })
  async list(@TheCall() call: Call, @TheQuery() asked: z.output<typeof query>): Promise<z.input<typeof answer>> {
    const account = await accountNow(this.parts, call, asked.minRevision);
    if (asked.minRevision !== undefined) await this.#awaitFollowed(call.organisation, asked.minRevision);
    const { limit, after } = pageRequest(call, this.cursors, asked);
    const before = after === undefined ? null : BigInt(after);
    const rows = await this.parts.notifications.journal.list(call.organisation, { limit: limit + 1, before });
    const channels = channelsOf(account.state);
    const items = rows.slice(0, limit).map(({ sequence: _sequence, deliveries, revision, ...row }) => ({
      ...row,
      revision: revision.toString(),
      cause: { kind: 'unknown', ...row.cause },
      deliveries: deliveries.map(({ nextAtMs, deliveredAtMs, ...each }) => ({
        ...each,
        kind: channels.get(each.channel)?.kind ?? null,
        deliveredAt: timeOrNull(deliveredAtMs),
        nextAttemptAt: each.state === 'waiting' && nextAtMs > 0 ? timeOrNull(nextAtMs) : null,
      })),
    }));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const next = last === undefined ? null : last.sequence.toString();
    const { organisation } = call;
    return sealed(call, this.cursors, { organisation, asOf: asOfAccount(account), items, next });
  }

  /** Waits until notifications have followed the streams to this revision. @throws Problem NotYetVisible */
  async #awaitFollowed(organisation: string, revision: bigint): Promise<void> {
    const { store, notifications } = this.parts;
    const [event] = await store.readStream(accountStream(organisation), { from: revision, maxCount: 1 });
    if (event === undefined) return;
    const deadline = performance.now() + LIMITS.minRevisionWaitMs;
    const followedTo = async (): Promise<bigint> => (await notifications.journal.followed())?.done.commit ?? -1n;
    while ((await followedTo()) < event.position.commit) {
      if (performance.now() > deadline)
        throw Problem.of('NotYetVisible', 'Notifications have not come to this revision yet.', {
          retryAfterSeconds: 1,
        });
      await sleep(LIMITS.foldedLookEveryMs);
    }
  }
}
