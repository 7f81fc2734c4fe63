import { describe, expect, it } from '@jest/globals';
import { settingsOf, unsafeSettings, unsafeTopic } from './topic-safety.js';

const APPEND = { timestamps: 'append' } as const;
const CREATE = { timestamps: 'create' } as const;

describe('the safety of a configured topic', () => {
  it.each([
    ['the live topic with retention', APPEND, { 'cleanup.policy': 'delete', 'retention.ms': '604800000' }, {}],
    ['the backfill topic kept for ever', CREATE, { 'cleanup.policy': 'delete', 'retention.ms': '-1' }, {}],
    ['the backfill topic with retention', CREATE, { 'retention.ms': '604800000' }, { 'retention.ms': '-1' }],
    ['the backfill topic with a size', CREATE, { 'retention.bytes': '1000' }, { 'retention.bytes': '-1' }],
    ['a compacted topic', APPEND, { 'cleanup.policy': 'compact' }, { 'cleanup.policy': 'delete' }],
    ['one that does both', APPEND, { 'cleanup.policy': 'compact,delete' }, { 'cleanup.policy': 'delete' }],
    ['one that does both, spaced', APPEND, { 'cleanup.policy': 'delete, compact' }, { 'cleanup.policy': 'delete' }],
    [
      'everything wrong',
      CREATE,
      { 'cleanup.policy': 'compact', 'retention.ms': '1' },
      { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
    ],
    ['nothing known', CREATE, {}, {}],
  ])('%s', (_name, definition, settings, mended) => {
    expect(unsafeSettings(definition, settings)).toEqual(mended);
  });

  it.each([APPEND, CREATE])('creates what it would accept', (timestamps) => {
    const definition = { topic: 't', partitions: 1, ...timestamps };
    expect(unsafeSettings(definition, settingsOf(definition))).toEqual({});
  });

  it('says the command that mends it', () => {
    expect(unsafeTopic('history', { 'retention.ms': '-1' }, 'kafka:9092').message).toContain(
      'kafka-configs.sh --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name history --add-config retention.ms=-1',
    );
  });
});
