import type { AccountEvent, CycleBounds } from '@app/metering';

export interface KnownCycle extends CycleBounds {
  readonly state: 'current' | 'ended' | 'closed';
}

/** Cycles and plans of an account as its events tell them, apart from the fold. */
export class CycleBook {
  private readonly cycles = new Map<number, KnownCycle>();
  private readonly plans: { readonly fromMs: number; readonly plan: string }[] = [];
  private currentStartMs = 0;

  get current(): KnownCycle | undefined {
    return this.cycles.get(this.currentStartMs);
  }

  find(startMs: number): KnownCycle | undefined {
    return this.cycles.get(startMs);
  }

  /** The plan that was in force at a usage time. */
  planAt(usageTimeMs: number): string | undefined {
    return (this.plans.findLast(({ fromMs }) => fromMs <= usageTimeMs) ?? this.plans[0])?.plan;
  }

  /** The plan that was in force from one usage time to another, inclusive; undefined where it was not the same. */
  planThrough(firstMs: number, lastMs: number): string | undefined {
    const isSame = this.plans.every(({ fromMs }) => fromMs <= firstMs || fromMs > lastMs);
    return isSame ? this.planAt(firstMs) : undefined;
  }

  take(event: AccountEvent): void {
    if (event.type === 'AccountOpened') {
      this.begin(event.cycle);
      this.plans.push({ fromMs: event.cycle.startMs, plan: event.plan });
    }
    if (event.type === 'CycleEnded') {
      this.cycles.set(event.ended.startMs, { ...event.ended, state: 'ended' });
      this.begin(event.next);
      if (this.plans.at(-1)?.plan !== event.plan) this.plans.push({ fromMs: event.next.startMs, plan: event.plan });
    }
    if (event.type === 'CycleClosed') this.cycles.set(event.cycle.startMs, { ...event.cycle, state: 'closed' });
    if (event.type === 'PlanChanged' && event.effective === 'now')
      this.plans.push({ fromMs: event.atMs, plan: event.plan });
  }

  private begin(cycle: CycleBounds): void {
    this.cycles.set(cycle.startMs, { ...cycle, state: 'current' });
    this.currentStartMs = cycle.startMs;
  }
}
