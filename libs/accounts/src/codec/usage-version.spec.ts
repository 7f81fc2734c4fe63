import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { accountEvents, decodeAccountEvent, encodeAccountEvent, visitStoredUsage } from './account-codec.js';
import { chainStart } from './hash-chain.js';

interface Written {
  readonly name: string;
  /** Base64 of an event that a release before version 2 stored, and how that release showed it. */
  readonly data: string;
  readonly view: { readonly evidence: readonly { readonly hash: Record<string, number> }[] };
}

const written = JSON.parse(
  readFileSync(new URL('usage-charged.version-1.json', import.meta.url), 'utf8'),
) as readonly Written[];

/** Identities have no hash any more, and what is left of the hash has another name. */
const expected = ({ view }: Written): unknown => ({
  ...view,
  evidence: view.evidence.map(({ hash, ...line }) => ({
    ...line,
    contentHash: { contentHigh: hash['contentHigh'], contentLow: hash['contentLow'] },
  })),
});

describe.each(written)('UsageCharged of version 1: $name', (old) => {
  const stored = { type: 'UsageCharged', data: Buffer.from(old.data, 'base64') };
  const { event } = decodeAccountEvent(stored);

  it('is read as it was meant', () => {
    expect(stored.data[0]).toBe(1);
    expect(accountEvents.view(event)).toEqual(expected(old));
  });

  it('is written in version 2, with the same meaning', () => {
    const { data } = encodeAccountEvent(event, chainStart('account-acme'));
    expect(data[0]).toBe(2);
    expect(accountEvents.view(decodeAccountEvent({ type: 'UsageCharged', data }).event)).toEqual(expected(old));
  });

  it('gives what deduplication needs', () => {
    const met: unknown[] = [];
    visitStoredUsage(stored, (usage) => met.push(usage));
    if (event.type !== 'UsageCharged') throw new Error(`it is read as ${event.type}`);
    expect(met).toEqual(
      event.evidence.map(({ source, id, contentHash, timeMs }) => ({ source, id, contentHash, timeMs })),
    );
  });
});
