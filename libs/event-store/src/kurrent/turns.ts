/** Lets at most `max` tasks run at once; the others wait in order. */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly max: number) {}

  /** Runs the task when its turn comes; settles as it does. */
  async take<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.max) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await task();
    } finally {
      // Whoever waits inherits the place, so that nobody comes in between.
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
