import type { MeterSample, UsageCharged } from '@app/metering';

/** The samples of one event by rate use, in the order of the lines that made them. */
export class SampleQueue {
  private readonly byUse = new Map<number, MeterSample[]>();

  constructor(event: Pick<UsageCharged, 'samples'>) {
    for (const sample of event.samples) {
      const list = this.byUse.get(sample.use);
      if (list === undefined) this.byUse.set(sample.use, [sample]);
      else list.push(sample);
    }
    // Taken from the end.
    for (const list of this.byUse.values()) list.reverse();
  }

  next(use: number): MeterSample | undefined {
    return this.byUse.get(use)?.at(-1);
  }

  take(use: number): MeterSample | undefined {
    return this.byUse.get(use)?.pop();
  }

  get left(): number {
    let left = 0;
    for (const list of this.byUse.values()) left += list.length;
    return left;
  }
}
