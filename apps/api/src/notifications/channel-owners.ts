import type { AccountEvent } from '@app/metering';
import { CHANNEL_RECORD } from './channel-record.js';
import type { DispatcherRight } from './notification-journal.js';

/** An event that people may have to be told about, decoded. */
export interface TellingEvent {
  readonly organisation: string;
  readonly event: AccountEvent;
}

/**
 * The organisations of these events that have set up a channel, by them or before. Of the others the account need not
 * be folded to know that nothing is sent.
 */
export async function channelOwnersOf(
  events: readonly TellingEvent[],
  right: Pick<DispatcherRight, 'addChannelOwners' | 'channelOwnersAmong'>,
): Promise<ReadonlySet<string>> {
  const settingUp = events.filter(({ event }) => event.type === 'AccountRecordPut' && event.record === CHANNEL_RECORD);
  if (settingUp.length > 0) await right.addChannelOwners(organisationsOf(settingUp));
  return events.length === 0 ? NONE : right.channelOwnersAmong(organisationsOf(events));
}

const NONE: ReadonlySet<string> = new Set();

const organisationsOf = (events: readonly TellingEvent[]): string[] => [
  ...new Set(events.map(({ organisation }) => organisation)),
];
