import { describe, expect, it } from '@jest/globals';
import { buy, play, command, grant, ms, pass, use, voidNth, type Row } from '../testing/edge-rows.js';

const inMarch = { expiresAtMs: ms('03-20') };

describe('drawing order', () => {
  // prettier-ignore
  it.each<Row>([
    { name: 'the plan goes before what never expires', steps: [grant('03-02', '50'), use('03-03', 30)], balance: '120', grants: ['plan:70', 'promotion:50'] },
    { name: 'the plan goes before what expires sooner', steps: [grant('03-02', '50', inMarch), use('03-03', 30)], balance: '120', grants: ['plan:70', 'promotion:50'] },
    { name: 'what expires goes before what never does', steps: [grant('03-02', '50'), grant('03-02', '40', inMarch), use('03-03', 110)], balance: '80', grants: ['plan:0', 'promotion:30', 'promotion:50'] },
    { name: 'what expires sooner goes first', steps: [grant('03-02', '50', { expiresAtMs: ms('03-25') }), grant('03-02', '40', inMarch), use('03-03', 120)], balance: '70', grants: ['plan:0', 'promotion:20', 'promotion:50'] },
    { name: 'a stated priority beats expiry', steps: [grant('03-02', '50', { priority: 1 }), use('03-03', 30)], balance: '120', grants: ['promotion:20', 'plan:100'] },
    { name: 'priority zero is first of all', steps: [grant('03-02', '50', { priority: 1 }), grant('03-02', '5', { priority: 0 }), use('03-03', 6)], balance: '149', grants: ['promotion:49', 'plan:100'] },
    { name: 'promotional goes before paid at one priority', steps: [grant('03-02', '50', { source: 'purchase' }), grant('03-03', '40'), use('03-04', 120)], balance: '70', grants: ['plan:0', 'promotion:20', 'purchase:50'] },
    { name: 'the earlier start goes first', steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), grant('03-03', '40'), use('03-06', 120)], balance: '70', grants: ['plan:0', 'promotion:20', 'promotion:50'] },
    { name: 'the order of the stream is last', steps: [grant('03-02', '50'), grant('03-02', '40'), use('03-03', 120)], balance: '70', grants: ['plan:0', 'promotion:30', 'promotion:40'] },
    { name: 'a draw may take several grants to their end', steps: [grant('03-02', '10', inMarch), grant('03-02', '10'), use('03-03', 120)], balance: '0', overdraft: '0' },
    { name: 'a bonus goes before the credits it came with', steps: [buy('03-02'), use('03-03', 150)], balance: '1050', grants: ['plan:0', 'bonus:50', 'purchase:1000'] },
  ])('$name', (row) => {
    const { figures, expected } = play(row);
    expect(figures).toMatchObject(expected);
  });
});

describe('expiry', () => {
  // prettier-ignore
  it.each<Row>([
    { name: 'what is left of a grant ends at its instant', steps: [grant('03-02', '50', inMarch), pass('03-20')], balance: '100', expired: '50' },
    { name: 'not a millisecond before', steps: [grant('03-02', '50', inMarch), pass('03-19T23:59')], balance: '150', expired: '0' },
    { name: 'usage at the very instant takes it back: it expired at its usage time', steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-20', 10)], balance: '100', expired: '40' },
    { name: 'usage just before it draws it', steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-19T23:59', 10), pass('03-20')], balance: '100', expired: '40' },
    { name: 'usage from before that arrives after takes its expiry back', steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-21', 0), use('03-19', 10, '03-21')], balance: '100', expired: '40', used: '10' },
    { name: 'no more than what expired', steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-21', 0), use('03-19', 60, '03-21')], balance: '90', expired: '0', used: '60' },
    { name: 'usage from after the expiry does not', steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-22', 0), use('03-20T00:01', 10, '03-22')], balance: '90', expired: '50' },
    { name: 'two grants that expired are taken back in drawing order', steps: [grant('03-02', '5', { ...inMarch, priority: 2 }), grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-21', 0), use('03-19', 52, '03-21')], balance: '100', expired: '3' },
    { name: 'a used-up grant expires for nothing', steps: [grant('03-02', '50', { ...inMarch, priority: 1 }), use('03-03', 50), pass('03-20')], balance: '100', expired: '0' },
    { name: 'expiry of an old cycle is not taken back by a new one’s usage', steps: [pass('04-02'), use('04-01T10:00', 10, '04-02')], balance: '90', used: '10' },
    { name: 'a grant beyond the cycle’s end stays', steps: [grant('03-02', '50', { expiresAtMs: ms('04-10') }), pass('04-02')], balance: '150', opening: '50' },
    { name: 'a grant that ends with the cycle ends once', steps: [grant('03-02', '50', { expiresAtMs: ms('04-01') }), pass('04-02')], balance: '100', opening: '0' },
  ])('$name', (row) => {
    const { figures, expected } = play(row);
    expect(figures).toMatchObject(expected);
  });
});

describe('grants that start, recur or are taken back', () => {
  // prettier-ignore
  it.each<Row>([
    { name: 'a grant counts from its time on', steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') })], balance: '100', granted: '100' },
    { name: 'and then it does', steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), pass('03-05')], balance: '150', granted: '150' },
    { name: 'it counts in the cycle in which it starts', steps: [grant('03-02', '50', { effectiveAtMs: ms('04-05') }), pass('04-05')], balance: '150', granted: '150', opening: '0' },
    { name: 'a scheduled grant pays overdraft when it starts', steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), use('03-03', 130), pass('03-05')], balance: '20', overdraft: '0' },
    { name: 'a scheduled grant may be voided', steps: [grant('03-02', '50', { effectiveAtMs: ms('03-05') }), voidNth('03-03', 0), pass('03-06')], balance: '100' },
    { name: 'a void takes what is left', steps: [grant('03-02', '50', { priority: 1 }), use('03-03', 20), voidNth('03-04', 0)], balance: '100', used: '20' },
    { name: 'a void in the middle of the cycle leaves the rest of the order', steps: [grant('03-02', '50', { priority: 1 }), voidNth('03-03', 0), use('03-04', 20)], balance: '80', grants: ['plan:80'] },
    { name: 'a voided grant is void', steps: [grant('03-02', '50'), voidNth('03-03', 0), command('03-04', { kind: 'VoidGrant', grant: 'g-1-0' }, 'UnknownGrant')], balance: '100' },
    { name: 'a recurring grant fills up, and does not pile up', steps: [grant('03-02', '10', { priority: 1, recurrence: { every: 'P1D', anchorMs: null } }), use('03-02T12:00', 4), pass('03-03')], balance: '110', granted: '114' },
    { name: 'a full one gets nothing', steps: [grant('03-02', '10', { priority: 1, recurrence: { every: 'P1D', anchorMs: null } }), pass('03-09')], balance: '110', granted: '110' },
    { name: 'a refill pays overdraft first', steps: [grant('03-02', '10', { priority: 1, recurrence: { every: 'P1D', anchorMs: null } }), use('03-02T12:00', 114), pass('03-03')], balance: '6', overdraft: '0' },
    { name: 'a monthly one on the 31st comes on the last day', steps: [grant('03-31', '10', { priority: 1, recurrence: { every: 'P1M', anchorMs: null } }), use('03-31T12:00', 4), pass('04-29T23:59')], balance: '106' },
    { name: 'and again on the 31st', steps: [grant('03-31', '10', { priority: 1, recurrence: { every: 'P1M', anchorMs: null } }), use('04-30T12:00', 4), pass('05-31')], balance: '110' },
    { name: 'a recurrence at the cycle’s end comes before the plan’s credits', steps: [grant('03-02', '10', { priority: 40, recurrence: { every: 'P1M', anchorMs: ms('04-01') } }), use('03-03', 115), pass('04-01')], balance: '105', overdraft: '0', grants: ['plan:100', 'promotion:5'] },
  ])('$name', (row) => {
    const { figures, expected } = play(row);
    expect(figures).toMatchObject(expected);
  });
});
