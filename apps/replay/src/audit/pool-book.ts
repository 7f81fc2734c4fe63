import type { DrawRun, GrantTerms, Movement } from '@app/metering';
import type { Report } from './finding.js';

/** What has flowed through a pool since its first event; each is a sum of amounts, none is negative. */
const FLOWS = ['granted', 'returned', 'drawn', 'paid', 'expired', 'takenOut'] as const;

/** One pool kept as a book of movements, apart from the fold: what each grant holds, overdraft, and the flows. */
export class PoolBook {
  readonly remainders = new Map<string, bigint>();
  private readonly scheduled = new Map<string, bigint>();
  /** What of an ended grant's expiry may still be drawn. */
  private readonly reversible = new Map<string, bigint>();
  private readonly flows = { granted: 0n, returned: 0n, drawn: 0n, paid: 0n, expired: 0n, takenOut: 0n };
  overdraftNanos = 0n;
  /** The sum of all ledger entries: the balance as the ledger tells it. */
  ledgerNanos = 0n;

  constructor(private readonly key: string) {}

  /** The effect of one movement on the balance. */
  move(movement: Movement, report: Report): bigint {
    switch (movement.kind) {
      case 'grant':
        this.open(movement.grant);
        return movement.grant.amountNanos;
      case 'schedule':
        this.scheduled.set(movement.grant.id, movement.grant.amountNanos);
        return 0n;
      case 'start':
        return this.start(movement, report);
      case 'draw':
        this.take(movement, 'drawn', report);
        return -movement.amountNanos;
      case 'take':
        this.take(movement, 'takenOut', report);
        return -movement.amountNanos;
      case 'pay':
        this.take(movement, 'paid', report);
        this.overdraftNanos -= movement.amountNanos;
        return 0n;
      case 'expire':
        this.take(movement, 'expired', report);
        this.close(movement.grant, report);
        this.reversible.set(movement.grant, movement.reversibleNanos);
        return -movement.amountNanos;
      case 'restore':
        this.drawExpired(movement.grant, movement.amountNanos, report);
        return movement.amountNanos;
      case 'refill':
      case 'return':
        this.put(movement, movement.kind === 'refill' ? 'granted' : 'returned', report);
        return movement.amountNanos;
      case 'overdraw':
        this.overdraftNanos += movement.amountNanos;
        return -movement.amountNanos;
      case 'unowe':
      case 'forgive':
        this.overdraftNanos -= movement.amountNanos;
        return movement.amountNanos;
    }
  }

  /** Applies one run of draws; answers its effect on the balance. */
  draw(run: DrawRun, refund: GrantTerms | undefined, report: Report): bigint {
    const { amountNanos } = run;
    const grant = run.grant ?? '';
    switch (run.from) {
      case 'overdraft':
        this.overdraftNanos += amountNanos;
        return -amountNanos;
      case 'expired':
        this.drawExpired(grant, amountNanos, report);
        return 0n;
      case 'refund':
        if (refund === undefined || refund.amountNanos !== -amountNanos)
          this.complain(report, `refund grant ${grant} is not what went back`);
        else this.open(refund);
        return -amountNanos;
      case 'grant':
        if (amountNanos >= 0n) this.take({ grant, amountNanos }, 'drawn', report);
        else this.put({ grant, amountNanos: -amountNanos }, 'returned', report);
        return -amountNanos;
    }
  }

  /** A void ends a grant, which must hold nothing any more, or one that was only scheduled. */
  void(grant: string, report: Report): void {
    if (this.scheduled.delete(grant)) return;
    if (this.remainders.has(grant)) this.close(grant, report);
  }

  /** I1 as it must hold after every event. */
  check(report: Report): void {
    let heldNanos = 0n;
    for (const [grant, left] of this.remainders) {
      if (left < 0n) this.complain(report, `grant ${grant} holds less than nothing`, { stored: left, recomputed: 0n });
      heldNanos += left;
    }
    const { granted, returned, drawn, paid, expired, takenOut } = this.flows;
    const conserved = granted + returned - drawn - paid - expired - takenOut;
    if (conserved !== heldNanos)
      this.complain(report, `${FLOWS.join(', ')} do not add up to the remainders`, {
        stored: heldNanos,
        recomputed: conserved,
      });
    if (this.overdraftNanos < 0n) this.complain(report, 'overdraft is below zero');
    if (this.overdraftNanos > 0n && heldNanos > 0n)
      this.complain(report, 'a grant has a remainder beside overdraft', { stored: heldNanos, recomputed: 0n });
    if (this.ledgerNanos !== heldNanos - this.overdraftNanos)
      this.complain(report, 'the ledger is not remainders less overdraft', {
        stored: this.ledgerNanos,
        recomputed: heldNanos - this.overdraftNanos,
      });
  }

  private open(grant: GrantTerms): void {
    this.remainders.set(grant.id, (this.remainders.get(grant.id) ?? 0n) + grant.amountNanos);
    this.flows.granted += grant.amountNanos;
  }

  private start(movement: { readonly grant: string; readonly amountNanos: bigint }, report: Report): bigint {
    const scheduled = this.scheduled.get(movement.grant);
    if (scheduled !== movement.amountNanos)
      this.complain(report, `grant ${movement.grant} starts, but not as scheduled`);
    this.scheduled.delete(movement.grant);
    this.remainders.set(movement.grant, movement.amountNanos);
    this.flows.granted += movement.amountNanos;
    return movement.amountNanos;
  }

  private take(
    { grant, amountNanos }: { readonly grant: string; readonly amountNanos: bigint },
    flow: keyof PoolBook['flows'],
    report: Report,
  ): void {
    const left = this.remainders.get(grant);
    if (left === undefined) this.complain(report, `grant ${grant} does not count`);
    this.remainders.set(grant, (left ?? 0n) - amountNanos);
    this.flows[flow] += amountNanos;
  }

  private put(
    { grant, amountNanos }: { readonly grant: string; readonly amountNanos: bigint },
    flow: 'granted' | 'returned',
    report: Report,
  ): void {
    const left = this.remainders.get(grant);
    if (left === undefined) this.complain(report, `credits go back to grant ${grant}, which does not count`);
    this.remainders.set(grant, (left ?? 0n) + amountNanos);
    this.flows[flow] += amountNanos;
  }

  private close(grant: string, report: Report): void {
    const left = this.remainders.get(grant) ?? 0n;
    if (left !== 0n) this.complain(report, `grant ${grant} ends with a remainder`, { stored: left, recomputed: 0n });
    else this.remainders.delete(grant);
  }

  private drawExpired(grant: string, amountNanos: bigint, report: Report): void {
    const left = (this.reversible.get(grant) ?? 0n) - amountNanos;
    if (amountNanos < 0n || left < 0n) this.complain(report, `more of grant ${grant}'s expiry is reversed than may be`);
    this.reversible.set(grant, left);
  }

  private complain(report: Report, detail: string, values?: { stored: bigint; recomputed: bigint }): void {
    report({
      check: 'conservation',
      detail: `pool ${this.key}: ${detail}`,
      key: this.key,
      ...(values && { stored: String(values.stored), recomputed: String(values.recomputed) }),
    });
  }
}
