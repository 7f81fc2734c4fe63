import { LIMITS, type TopicDefinition } from '../usage-feed.js';

/** A configured topic would lose usage. The message ends with the command that mends it. */
export class UnsafeTopic extends Error {
  override readonly name = 'UnsafeTopic';
  readonly code = 'UnsafeTopic';
}

/** Framing around one record in its batch. */
const BATCH_OVERHEAD_BYTES = 64 * 1024;
const KEPT_FOR_EVER = '-1';

/** The settings with which a missing topic is created. */
export function settingsOf({ timestamps }: TopicDefinition): Readonly<Record<string, string>> {
  const settings = {
    'cleanup.policy': 'delete',
    'message.timestamp.type': timestamps === 'append' ? 'LogAppendTime' : 'CreateTime',
    'max.message.bytes': `${LIMITS.recordBytesMax + BATCH_OVERHEAD_BYTES}`,
  };
  // Old timestamps under a broker's default retention: it would delete what it has just acknowledged.
  return timestamps === 'append'
    ? settings
    : { ...settings, 'retention.ms': KEPT_FOR_EVER, 'retention.bytes': KEPT_FOR_EVER };
}

/** Settings that must be changed before usage may be entrusted to the topic; empty when it is safe. */
export function unsafeSettings(
  { timestamps }: Pick<TopicDefinition, 'timestamps'>,
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const mended: Record<string, string> = {};
  const policies = (settings['cleanup.policy'] ?? '').split(',').map((policy) => policy.trim());
  if (policies.includes('compact')) mended['cleanup.policy'] = 'delete';
  if (timestamps === 'create') {
    for (const name of ['retention.ms', 'retention.bytes']) {
      if ((settings[name] ?? KEPT_FOR_EVER) !== KEPT_FOR_EVER) mended[name] = KEPT_FOR_EVER;
    }
  }
  return mended;
}

/** What to say about an unsafe topic: what it would lose, and the command that mends it. */
export function unsafeTopic(topic: string, mended: Readonly<Record<string, string>>, brokers: string): UnsafeTopic {
  const changes = Object.entries(mended).map(([name, value]) => `${name}=${value}`);
  return new UnsafeTopic(
    `The topic ${topic} would lose usage; it needs ${changes.join(' and ')}. Run ` +
      `\`kafka-configs.sh --bootstrap-server ${brokers} --alter --entity-type topics --entity-name ${topic} ` +
      `--add-config ${changes.join(',')}\`, then start again.`,
  );
}
