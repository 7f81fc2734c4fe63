import pg from 'pg';

const NAME = 'hog';
const PAUSE_MS = 10;

/** Takes every connection that the server has, whoever had it before. */
export class ConnectionHog {
  readonly #taken: pg.Client[] = [];

  private constructor(private readonly url: string) {}

  static async takeAll(url: string): Promise<ConnectionHog> {
    const hog = new ConnectionHog(url);
    await hog.#take();
    for (;;) {
      while (await hog.#take());
      if ((await hog.#endOthers()) === 0) return hog;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async release(): Promise<void> {
    await Promise.all(this.#taken.map((client) => client.end()));
  }

  /** False when the server has none left. */
  async #take(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, application_name: NAME });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === '53300') return false;
      throw error;
    }
    this.#taken.push(client);
    return true;
  }

  /** How many there were. */
  async #endOthers(): Promise<number> {
    const ended = await this.#taken[0]?.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where backend_type = 'client backend' and application_name <> $1`,
      [NAME],
    );
    return ended?.rowCount ?? 0;
  }
}
