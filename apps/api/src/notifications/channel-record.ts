import type { AccountState } from '@app/metering';
import { z } from 'zod';

/** Record of `AccountRecordPut` in which an account keeps its channels, by name. A removed one is `null`. */
export const CHANNEL_RECORD = 'channel';

const email = z.object({ kind: z.literal('email'), to: z.array(z.string()) });
const slack = z.object({ kind: z.literal('slack'), url: z.string() });
const pagerduty = z.object({ kind: z.literal('pagerduty'), url: z.string(), routingKey: z.string() });
const webhook = z.object({ kind: z.literal('webhook'), url: z.string(), secrets: z.array(z.string()) });

const record = z.discriminatedUnion('kind', [email, slack, pagerduty, webhook]).nullable();

/** Where notifications go. Secrets lie in the account's stream, and are never shown again. */
export type StoredChannel = NonNullable<z.output<typeof record>>;

/** The account's channels by name. */
export function channelsOf(state: AccountState): Map<string, StoredChannel> {
  const prefix = `${CHANNEL_RECORD}/`;
  const channels = new Map<string, StoredChannel>();
  for (const [key, text] of state.records) {
    if (!key.startsWith(prefix)) continue;
    const channel = record.parse(JSON.parse(text));
    if (channel !== null) channels.set(key.slice(prefix.length), channel);
  }
  return channels;
}
