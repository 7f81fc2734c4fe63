import { describe, expect, it } from '@jest/globals';
import { initialState, type AccountState } from '@app/metering';
import { decodeSnapshot, encodeSnapshot, SNAPSHOT_VERSION, type AccountSnapshot } from './fold-snapshot.js';

const STREAM = 'account-acme';

function stateOfAcme(): AccountState {
  const state = initialState('acme');
  state.offsets.set('usage.v1/0/3', 12n);
  state.evidenceDays.set(20_000, [{ first: 1n, last: 4n }]);
  state.paymentReferences.set('__proto__', 'p-1');
  return state;
}
const snapshot: AccountSnapshot = { revision: 7n, hash: new Uint8Array(32).fill(9), state: stateOfAcme() };
const data = encodeSnapshot(STREAM, snapshot);

describe('F40: a snapshot is used only when it is exactly what was written', () => {
  it('comes back as it was', () => {
    expect(decodeSnapshot(STREAM, data)).toEqual(snapshot);
  });

  it('is discarded with any single byte changed', () => {
    for (const at of data.keys()) {
      const broken = Uint8Array.from(data);
      broken[at] = (broken[at] ?? 0) ^ 1;
      expect(decodeSnapshot(STREAM, broken)).toBeUndefined();
    }
  });

  it.each([0, 1, 72, 73, data.length - 1])('is discarded when cut off after %i bytes', (length) => {
    expect(decodeSnapshot(STREAM, data.subarray(0, length))).toBeUndefined();
  });

  it('is discarded under another stream’s name', () => {
    expect(decodeSnapshot('account-other', data)).toBeUndefined();
  });

  it('has the shape that its version stands for: count SNAPSHOT_VERSION up when this changes', () => {
    const { wallet, ...rest } = initialState('acme');
    expect(SNAPSHOT_VERSION).toBe(2);
    expect(Object.keys(rest)).toEqual([
      'rates',
      'offsets',
      'evidenceDays',
      'commands',
      'paymentReferences',
      'reversals',
      'records',
      'owned',
    ]);
    expect(Object.keys(wallet)).toEqual([
      'organisation',
      'isOpen',
      'plan',
      'pendingPlan',
      'plans',
      'isPaused',
      'anchorDay',
      'openedAtMs',
      'clock',
      'ledgerTimeMs',
      'cycles',
      'pools',
      'holds',
      'endedHolds',
      'rules',
      'recharge',
      'purchases',
      'grantCount',
      'rechargeCount',
    ]);
  });
});
