import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SNAPSHOT_LIMITS, type SnapshotStore } from '../snapshot-store.js';

const stream = (): string => `account-${randomUUID()}`;

/** What every adapter of the snapshot port promises. */
export function snapshotStoreContract(
  name: string,
  open: () => Promise<{ readonly store: SnapshotStore; readonly close: () => Promise<void> }>,
): void {
  describe(`snapshot store: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => void (opened = await open()));
    afterAll(async () => opened.close());

    const data = Uint8Array.of(0, 255, 1, 128);

    it('has nothing of a stream that was never saved', async () => {
      await expect(opened.store.load(stream())).resolves.toBeUndefined();
    });

    it.each([-1n, 0n, 7n, 2n ** 40n])('gives back what was saved at revision %s', async (revision) => {
      const saved = { stream: stream(), revision, data };
      await opened.store.save(saved);
      const loaded = await opened.store.load(saved.stream);
      expect(loaded && { ...loaded, data: Uint8Array.from(loaded.data) }).toEqual(saved);
    });

    it('keeps the last one saved, also of an earlier revision: a store may have been restored', async () => {
      const saved = stream();
      await opened.store.save({ stream: saved, revision: 9n, data });
      await opened.store.save({ stream: saved, revision: 4n, data: Uint8Array.of(4) });
      expect((await opened.store.load(saved))?.revision).toBe(4n);
    });

    it('removes one stream’s snapshot alone, also twice', async () => {
      const [one, other] = [stream(), stream()];
      await opened.store.save({ stream: one, revision: 1n, data });
      await opened.store.save({ stream: other, revision: 1n, data });
      await opened.store.remove(one);
      await opened.store.remove(one);
      await expect(opened.store.load(one)).resolves.toBeUndefined();
      expect((await opened.store.load(other))?.revision).toBe(1n);
    });

    it('tells streams apart by every code point', async () => {
      const base = stream();
      await opened.store.save({ stream: `${base}-e\u0301`, revision: 1n, data });
      await expect(opened.store.load(`${base}-\u00e9`)).resolves.toBeUndefined();
      await expect(opened.store.load(`${base.toUpperCase()}-e\u0301`)).resolves.toBeUndefined();
    });

    it('does not see later changes of the bytes it was given', async () => {
      const saved = stream();
      const bytes = Uint8Array.of(1, 2, 3);
      await opened.store.save({ stream: saved, revision: 1n, data: bytes });
      bytes.fill(9);
      expect([...((await opened.store.load(saved))?.data ?? [])]).toEqual([1, 2, 3]);
    });

    it('refuses a snapshot above the limit', async () => {
      const large = new Uint8Array(SNAPSHOT_LIMITS.bytesMax + 1);
      await expect(opened.store.save({ stream: stream(), revision: 1n, data: large })).rejects.toThrow(RangeError);
    });
  });
}
