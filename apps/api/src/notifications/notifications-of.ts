import { createHash } from 'node:crypto';
import { bannerRule, entriesOf, formatCredits, formatTime, isBuiltInRule } from '@app/metering';
import type { AccountEvent, AccountState, ThresholdReached } from '@app/metering';
import { parseResource, RESOURCE_RECORD } from '../resources/resource-record.js';
import { channelsOf } from './channel-record.js';
import type { StoredChannel } from './channel-record.js';
import type { MadeNotification, TargetChannel } from './notification-journal.js';

/** Where in the streams an event lies. */
export interface EventPlace {
  readonly organisation: string;
  readonly revision: bigint;
  /** Older than this process sends: it is kept as what was not sent. */
  readonly isOutdated: boolean;
}

type Text = Pick<MadeNotification, 'kind' | 'severity' | 'title' | 'text' | 'data' | 'cause'>;
interface Told {
  readonly event: AccountEvent;
  readonly text: Text;
  readonly channels: readonly TargetChannel[];
  /** Counts what one event tells. */
  readonly index?: number;
}

type Channels = ReadonlyMap<string, StoredChannel>;

/** Percent used at which e-mails are sent without any alert set. Banners begin earlier. */
const MAIL_PERCENTS = new Set(['50', '70', '80', '90']);

/** Event types that people may have to be told about; the rest need not be decoded. */
export const TELLING_TYPES: ReadonlySet<string> = new Set([
  'ThresholdReached',
  'AccountRecordPut',
  'GrantsExpired',
  'CycleEnded',
] satisfies AccountEvent['type'][]);

/** What an event tells people, and through which channels, as the account has them now. */
export function notificationsOf(event: AccountEvent, state: AccountState, place: EventPlace): MadeNotification[] {
  const channels = channelsOf(state);
  if (event.type === 'ThresholdReached')
    return event.isSilent
      ? []
      : [made({ event, text: thresholdText(event), channels: targetsOf(event, state, channels) }, place)];
  if (event.type === 'AccountRecordPut') {
    const text = resourceText(event);
    return text === null ? [] : [made({ event, text, channels: mailOf(channels) }, place)];
  }
  if (event.type !== 'GrantsExpired' && event.type !== 'CycleEnded') return [];
  return expiredTexts(event, state).map((text, index) =>
    made({ event, text, channels: mailOf(channels), index }, place),
  );
}

function made(
  { event, text, channels, index = 0 }: Told,
  { organisation, revision, isOutdated }: EventPlace,
): MadeNotification {
  const failure = isOutdated ? 'older than what is sent' : null;
  return {
    id: notificationId(organisation, revision, index),
    organisation,
    revision,
    at: formatTime(event.atMs),
    channels: channels.map((channel) => ({ ...channel, failure: channel.failure ?? failure })),
    ...text,
  };
}

/** The same however often the event is read; tells nothing about the account. */
export const notificationId = (organisation: string, revision: bigint, index: number): string =>
  `ntf_${createHash('sha256')
    .update(JSON.stringify([organisation, revision.toString(), index]))
    .digest('hex')
    .slice(0, 32)}`;

const mailOf = (channels: Channels): TargetChannel[] =>
  [...channels].filter(([, { kind }]) => kind === 'email').map(([name]) => ({ name, failure: null }));

/** Alerts and budgets name their channels; built-in rules go to all e-mail channels. */
function targetsOf(event: ThresholdReached, state: AccountState, channels: Channels): TargetChannel[] {
  if (isBuiltInRule(event.rule)) return isMailed(event, state) ? mailOf(channels) : [];
  return [...new Set(event.channels)].map((name) => ({
    name,
    failure: channels.has(name) ? null : 'the account has no such channel',
  }));
}

/** A pool that may not go below zero has reached its negative limit with 100 %. */
function isMailed({ rule, pool, valueNanos }: ThresholdReached, { wallet }: AccountState): boolean {
  const percent = formatCredits(valueNanos);
  if (rule.name !== bannerRule(pool) || MAIL_PERCENTS.has(percent)) return true;
  return percent === '100' && (wallet.pools.get(pool)?.negativeLimitNanos ?? 0n) === 0n;
}

const ADD_CREDITS = 'Top up, or upgrade the plan, to keep the work going.';

function thresholdText(event: ThresholdReached): Text {
  const { rule, pool, by } = event;
  const value = formatCredits(event.valueNanos);
  const figure = formatCredits(event.figureNanos);
  const cause = by.kind === 'usage' ? { ...by, offset: by.offset.toString() } : { ...by };
  const data = {
    rule: rule.name,
    ruleKind: rule.kind,
    pool,
    value,
    figure,
    cycleStart: formatTime(event.cycleStartMs),
  };
  if (!isBuiltInRule(rule)) {
    const title = `${rule.kind === 'budget' ? 'Budget' : 'Alert'} ${rule.name}: ${value} reached in pool ${pool}`;
    const severity = severityOf(event.severity);
    return { kind: 'threshold', severity, title, text: `The figure is ${figure}. ${ADD_CREDITS}`, data, cause };
  }
  if (rule.name !== bannerRule(pool)) {
    const text = `The balance is ${figure}, at or beyond its negative limit: running work is stopped. ${ADD_CREDITS}`;
    return {
      kind: 'negative-limit',
      severity: 'critical',
      title: `Pool ${pool} has reached its negative limit`,
      text,
      data,
      cause,
    };
  }
  const isAll = value === '100';
  const text = isAll
    ? `All credits of this cycle are used: new work does not start. ${ADD_CREDITS}`
    : `${figure} % of this cycle's credits are used. ${ADD_CREDITS}`;
  const severity = isAll ? 'critical' : Number(value) >= 70 ? 'warning' : 'info';
  return { kind: 'threshold', severity, title: `${value} % of pool ${pool} used`, text, data, cause };
}

const severityOf = (given: string | null): Text['severity'] =>
  given === 'critical' || given === 'info' ? given : 'warning';

/** A resource was deployed, undeployed or deleted. */
function resourceText(event: Extract<AccountEvent, { type: 'AccountRecordPut' }>): Text | null {
  if (event.record !== RESOURCE_RECORD) return null;
  const { name, status, previousStatus, endpoint } = parseResource(event.value);
  if (status === previousStatus || (previousStatus === null && status !== 'deployed')) return null;
  const at = event.key.indexOf('/');
  const [kind, id] = [event.key.slice(0, at), event.key.slice(at + 1)];
  const access =
    status === 'deployed' && endpoint !== null
      ? ` Its API endpoint is ${endpoint}; call it with one of your API keys.`
      : '';
  return {
    kind: 'resource',
    severity: 'info',
    title: `The ${kind} ${name} was ${status}`,
    text: `The ${kind} ${name} (${id}) is ${status} now.${access}`,
    data: { kind, id, name, status, previousStatus, endpoint },
    cause: { kind: 'command', route: event.command?.route ?? 'resources' },
  };
}

/** Free credits that ended with something left. */
function expiredTexts(
  event: Extract<AccountEvent, { type: 'GrantsExpired' | 'CycleEnded' }>,
  state: AccountState,
): Text[] {
  return entriesOf(event).flatMap((entry) =>
    entry.movements.flatMap((movement) => {
      if (movement.kind !== 'expire' || movement.amountNanos === 0n) return [];
      const terms = state.wallet.pools.get(entry.pool)?.ended.get(movement.grant)?.terms;
      if (terms?.source !== 'promotion' || terms.recurrence !== null) return [];
      const amount = formatCredits(movement.amountNanos);
      return [
        {
          kind: 'credits-expired',
          severity: 'warning' as const,
          title: `Free credits in pool ${entry.pool} have expired`,
          text: `${amount} free credits were left and have expired. Upgrade the plan to keep the work going.`,
          data: { pool: entry.pool, grant: movement.grant, amount },
          cause: { kind: 'instant' },
        },
      ];
    }),
  );
}
