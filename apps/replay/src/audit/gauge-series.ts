import type { SeriesPoint } from '@app/metering';

/** One series of a gauge or a `latest` meter, as its samples tell it. */
export class GaugeSeries {
  /** By usage time, then event time, then (source, id). */
  private readonly points: SeriesPoint[] = [];

  get last(): SeriesPoint | undefined {
    return this.points.at(-1);
  }

  /** What the point adds to a `latest` meter; undefined for a point that is not the newest, which has no sample. */
  addNewest(point: SeriesPoint): bigint | undefined {
    const old = this.last;
    if (old !== undefined && compare(point, old) < 0) return undefined;
    this.points.length = 0;
    this.points.push(point);
    return point.valueUnits - (old?.valueUnits ?? 0n);
  }

  /**
   * What the point adds to the integral from the first sample to the last one, each value holding until the next
   * sample; `untilMs` is the end of an ended cycle, up to which the last value holds.
   */
  addSample(point: SeriesPoint, untilMs: number | undefined): bigint {
    const at = this.points.findLastIndex((other) => compare(other, point) < 0) + 1;
    const previous = this.points[at - 1];
    const untilNextMs = this.points[at]?.usageTimeMs ?? untilMs;
    this.points.splice(at, 0, point);
    const before = held(previous, untilNextMs);
    const after = held(previous, point.usageTimeMs) + held(point, untilNextMs);
    return after - before;
  }

  /** What the last value still adds up to the cycle's end. */
  outstanding(endMs: number): bigint {
    const { last } = this;
    return last === undefined || last.usageTimeMs >= endMs ? 0n : held(last, endMs);
  }
}

/** A value over the time that it held; nothing where its end is not known yet. */
const held = (point: SeriesPoint | undefined, untilMs: number | undefined): bigint =>
  point === undefined || untilMs === undefined ? 0n : point.valueUnits * BigInt(untilMs - point.usageTimeMs);

const compare = (a: SeriesPoint, b: SeriesPoint): number =>
  a.usageTimeMs - b.usageTimeMs || a.timeMs - b.timeMs || byCodePoint(a.source, b.source) || byCodePoint(a.id, b.id);

/** UTF-8 sorts by code point. */
const byCodePoint = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
