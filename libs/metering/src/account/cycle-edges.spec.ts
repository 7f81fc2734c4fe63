import { describe, expect, it } from '@jest/globals';
import { adjust, buy, play, grant, ms, nanos, pass, plan, reset, use, type Row } from '../testing/edge-rows.js';

describe('overdraft', () => {
  // prettier-ignore
  it.each<Row>([
    { name: 'usage overdraws what no grant covers', steps: [use('03-02', 130)], balance: '-30', overdraft: '30' },
    { name: 'a top-up pays it first', steps: [use('03-02', 130), grant('03-03', '50')], balance: '20', overdraft: '0', grants: ['plan:0', 'promotion:20'] },
    { name: 'a small top-up pays a part', steps: [use('03-02', 130), grant('03-03', '20')], balance: '-10', overdraft: '10' },
    { name: 'it is carried into the next cycle and paid by the plan', steps: [use('03-02', 130), pass('04-01')], balance: '70', opening: '-30', overdraft: '0' },
    { name: 'more than the plan can pay is carried on', steps: [use('03-02', 330), pass('04-01')], balance: '-130', overdraft: '130' },
    { name: 'and on', steps: [use('03-02', 330), pass('05-01')], balance: '-30', overdraft: '30' },
    { name: 'it is forgiven where the plan says so', on: 'forgiving', steps: [use('03-02', 130), pass('04-01')], balance: '100', opening: '0', overdraft: '0' },
    { name: 'late usage after the end overdraws what the new plan has', steps: [use('03-02', 100), pass('04-01T00:10'), use('03-31', 30, '04-01T00:20')], balance: '70', opening: '-30' },
    { name: 'late usage after the close is the new cycle’s', steps: [use('03-02', 100), pass('04-01T01:00'), use('03-31', 30, '04-01T02:00')], balance: '70', opening: '0', used: '30' },
    { name: 'a negative adjustment overdraws too', steps: [adjust('03-02', -130n)], balance: '-30', overdraft: '30' },
    { name: 'a positive one pays', steps: [adjust('03-02', -130n), adjust('03-03', 40n)], balance: '10', overdraft: '0' },
    { name: 'two top-ups pay in their order', steps: [use('03-02', 130), grant('03-03', '10'), grant('03-03', '25')], balance: '5', grants: ['plan:0', 'promotion:5'] },
    { name: 'a purchase pays, and its bonus the rest', steps: [use('03-02', 1150), buy('03-03')], balance: '50', overdraft: '0', grants: ['plan:0', 'bonus:50'] },
  ])('$name', (row) => {
    const { figures, expected } = play(row);
    expect(figures).toMatchObject(expected);
  });
});

describe('cycle change', () => {
  // prettier-ignore
  it.each<Row>([
    { name: 'unused plan credits end with the cycle', steps: [use('03-02', 30), pass('04-01')], balance: '100', opening: '0', granted: '100' },
    { name: 'other credits are untouched', steps: [grant('03-02', '50'), pass('04-01')], balance: '150', opening: '50' },
    { name: 'capped: at most so much rolls over', on: 'capped', steps: [pass('04-01')], balance: '130', granted: '130', opening: '0' },
    { name: 'capped: less where less is left', on: 'capped', steps: [use('03-02', 90), pass('04-01')], balance: '110' },
    { name: 'capped: what rolled over is drawn first', on: 'capped', steps: [pass('04-01'), use('04-02', 40)], balance: '90', grants: ['plan:90'] },
    { name: 'capped: over several cycles the cap holds for all of it', on: 'capped', steps: [pass('05-01')], balance: '130' },
    { name: 'capped: for so many cycles only', on: 'capped', steps: [pass('04-01'), plan('04-02', 'none', 'cycle-end'), pass('06-01')], balance: '0' },
    { name: 'a share of what the plan includes', on: 'half', steps: [use('03-02', 20), pass('04-01')], balance: '150' },
    { name: 'a share: less where less is left', on: 'half', steps: [use('03-02', 70), pass('04-01')], balance: '130' },
    { name: 'a pool that piles up', on: 'pooled', steps: [pass('08-01')], balance: '600' },
    { name: 'what rolled over is not taken back by late usage', on: 'capped', steps: [pass('04-01T00:10'), use('03-31', 80, '04-01T00:20')], balance: '120', used: '0' },
    { name: 'own terms: at least so much', steps: [grant('03-02', '50', { rollover: { minNanos: nanos('20'), maxNanos: null } }), use('03-03', 150), pass('04-01')], balance: '120' },
    { name: 'own terms: at most so much', steps: [grant('03-02', '50', { rollover: { minNanos: null, maxNanos: nanos('20') } }), pass('04-01')], balance: '120' },
    { name: 'own terms hold in every cycle', steps: [grant('03-02', '50', { rollover: { minNanos: null, maxNanos: nanos('20') } }), pass('04-01'), use('04-02', 110), pass('05-01')], balance: '110' },
    { name: 'a month skipped idle is passed in order', steps: [use('03-02', 30), pass('06-15')], balance: '100', opening: '0' },
    { name: 'closing twice changes nothing', steps: [use('03-02', 30), pass('04-01T01:00'), pass('04-01T01:00'), pass('04-02')], balance: '100' },
    { name: 'a plan change now grants the difference', steps: [use('03-02', 30), plan('03-03', 'large', 'now')], balance: '220', granted: '250' },
    { name: 'a smaller plan takes nothing back', on: 'large', steps: [plan('03-03', 'hundred', 'now')], balance: '250' },
    { name: 'and grants its own at the end', on: 'large', steps: [plan('03-03', 'hundred', 'now'), pass('04-01')], balance: '100' },
    { name: 'a plan change at the end waits for it', steps: [plan('03-03', 'large', 'cycle-end'), pass('03-31T23:59')], balance: '100' },
    { name: 'and is there then', steps: [plan('03-03', 'large', 'cycle-end'), pass('04-01')], balance: '250' },
    { name: 'changing forth and back grants once', steps: [plan('03-03', 'large', 'now'), plan('03-04', 'hundred', 'now'), plan('03-05', 'large', 'now')], balance: '250' },
    { name: 'a reset ends the cycle now', steps: [use('03-02', 30), reset('03-10')], balance: '100', opening: '0', granted: '100' },
    { name: 'a reset may forgive', steps: [use('03-02', 130), reset('03-10', 'forgive')], balance: '100', overdraft: '0' },
    { name: 'or carry against the plan', on: 'forgiving', steps: [use('03-02', 130), reset('03-10', 'carry')], balance: '70' },
    { name: 'after a reset the anchor stays', steps: [reset('03-10'), use('03-11', 10), pass('04-01')], balance: '100' },
    { name: 'or moves to the day of the reset', steps: [reset('03-10', null, 'now'), use('03-11', 10), pass('04-09')], balance: '90' },
    { name: 'a grant that expires at the instant of the reset expires once', steps: [grant('03-02', '50', { expiresAtMs: ms('03-10') }), reset('03-10')], balance: '100' },
  ])('$name', (row) => {
    const { figures, expected } = play(row);
    expect(figures).toMatchObject(expected);
  });
});
