import { Controller, Inject } from '@nestjs/common';
import { isAllowedUrl, newSigningSecret, signingSecret } from '@app/notifications';
import type { AddressPolicy } from '@app/notifications';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { commandAnswer } from '../commands/command-runner.js';
import type { CommandRunner } from '../commands/command-runner.js';
import { pathParameter, TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import type { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { minRevisionQuery, pageQuery } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';
import { accountNow } from '../queries/account-now.js';
import { asOf, asOfAccount } from '../queries/as-of.js';
import { found, pageOf } from '../queries/read.js';
import { COMMANDS, CURSORS, PARTS } from '../tokens.js';
import { CHANNEL_RECORD, channelsOf } from './channel-record.js';
import type { StoredChannel } from './channel-record.js';

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

const url = z.string().max(2_048);
const address = z.email().max(254);
const body = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    to: z.union([address, z.array(address).min(1).max(LIMITS.mailAddressesMax)]),
  }),
  z.strictObject({ kind: z.literal('slack'), url: url.meta({ description: 'Incoming webhook' }) }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    routingKey: z.string().regex(/^[A-Za-z0-9]{20,64}$/, { error: 'is not a routing key' }),
    url: url.optional().meta({ description: 'Of the Events API v2, where it is not the usual one' }),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    url,
    secrets: z
      .array(signingSecret)
      .min(1)
      .max(2)
      .optional()
      .meta({ description: 'whsec_ and base64; both sign, so that they can be rotated. One is made when absent' }),
  }),
]);

const view = z.looseObject({ name: z.string(), kind: z.string() });
const query = z.strictObject(minRevisionQuery);
const listQuery = query.extend(pageQuery);
const list = z.object({ organisation: z.string(), asOf, items: z.array(view), next: z.string().nullable() });
const one = view.extend({ organisation: z.string(), asOf });
const answer = commandAnswer.extend({ secrets: z.array(z.string()).optional() });

const PATH = '/v1/organisations/:organisation/channels';

/** Where an account's notifications go. */
@Controller()
export class ChannelsController {
  readonly #policy: AddressPolicy;

  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(COMMANDS) private readonly commands: CommandRunner,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {
    this.#policy = parts.notifications.policy;
  }

  @Endpoint({ method: 'PUT', path: `${PATH}/:name`, summary: 'Set a channel', scope: 'write', body, answer })
  async set(@TheCall() call: Call, @TheBody() channel: z.output<typeof body>): Promise<z.output<typeof answer>> {
    const name = pathParameter(call, 'name');
    const stored = storedChannel(channel);
    if ('url' in stored && !isAllowedUrl(stored.url, this.#policy)) {
      const detail = 'url has to be an https address outside of private networks';
      throw Problem.of('InvalidBody', detail, { errors: [{ pointer: '/url', code: 'UrlNotAllowed', detail }] });
    }
    const made = await this.commands.run(call, {
      route: 'channels',
      body: channel,
      command: async () => (state) => {
        const own = channelsOf(state);
        if (!own.has(name) && own.size >= LIMITS.channelsMax)
          throw Problem.refusal('TooManyChannels', `an account has at most ${LIMITS.channelsMax} channels`);
        return { kind: 'PutRecord', record: CHANNEL_RECORD, key: name, value: JSON.stringify(stored) };
      },
    });
    // Shown once, and only where it was made here: of a repeated request the stored one is unknown.
    if (stored.kind !== 'webhook' || channel.kind !== 'webhook' || channel.secrets !== undefined) return made;
    const { state } = await this.parts.accounts.loadFresh(call.organisation);
    const kept = channelsOf(state).get(name);
    return kept?.kind === 'webhook' && kept.secrets.join() === stored.secrets.join()
      ? { ...made, secrets: [...stored.secrets] }
      : made;
  }

  @Endpoint({
    method: 'DELETE',
    path: `${PATH}/:name`,
    summary: 'Remove a channel',
    scope: 'write',
    answer: commandAnswer,
  })
  remove(@TheCall() call: Call): Promise<z.output<typeof commandAnswer>> {
    const name = pathParameter(call, 'name');
    return this.commands.run(call, {
      route: 'channels/remove',
      body: {},
      command: async () => (state) => {
        if (!channelsOf(state).has(name)) throw Problem.of('NotFound', 'There is nothing here.');
        return { kind: 'PutRecord', record: CHANNEL_RECORD, key: name, value: 'null' };
      },
    });
  }

  @Endpoint({
    method: 'GET',
    path: PATH,
    summary: 'Channels, without their secrets',
    scope: 'read',
    query: listQuery,
    answer: list,
  })
  async list(@TheCall() call: Call, @TheQuery() asked: z.output<typeof listQuery>): Promise<z.input<typeof list>> {
    const { items, ...basis } = await this.#views(call, asked.minRevision);
    return { ...basis, ...pageOf(call, this.cursors, { asked, items }) };
  }

  @Endpoint({ method: 'GET', path: `${PATH}/:name`, summary: 'One channel', scope: 'read', query, answer: one })
  async get(@TheCall() call: Call, @TheQuery() asked: z.output<typeof query>): Promise<z.input<typeof one>> {
    const { items, ...basis } = await this.#views(call, asked.minRevision);
    const name = pathParameter(call, 'name');
    return { ...basis, ...found(items.find((item) => item.name === name)) };
  }

  async #views(call: Call, minRevision: bigint | undefined): Promise<Omit<z.input<typeof list>, 'next'>> {
    const account = await accountNow(this.parts, call, minRevision);
    const items = [...channelsOf(account.state)]
      .map(([name, channel]) => viewOf(name, channel))
      .toSorted((first, second) => (first.name < second.name ? -1 : 1));
    return { organisation: call.organisation, asOf: asOfAccount(account), items };
  }
}

function storedChannel(channel: z.output<typeof body>): StoredChannel {
  switch (channel.kind) {
    case 'email':
      return { kind: 'email', to: typeof channel.to === 'string' ? [channel.to] : channel.to };
    case 'slack':
      return { kind: 'slack', url: channel.url };
    case 'pagerduty':
      return { kind: 'pagerduty', url: channel.url ?? PAGERDUTY_URL, routingKey: channel.routingKey };
    case 'webhook':
      return { kind: 'webhook', url: channel.url, secrets: channel.secrets ?? [newSigningSecret()] };
  }
}

/** Of addresses that are secrets themselves, only the host is shown. */
function viewOf(name: string, channel: StoredChannel): z.input<typeof view> {
  if (channel.kind === 'email') return { name, kind: channel.kind, to: channel.to };
  const { host } = new URL(channel.url);
  if (channel.kind === 'webhook')
    return { name, kind: channel.kind, url: channel.url, secrets: channel.secrets.length };
  return { name, kind: channel.kind, host };
}
