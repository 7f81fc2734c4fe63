import { startEmbeddedPostgres, type EmbeddedPostgres } from '@app/postgres';
import { makeDataDir, removeDataDir } from '../standalone.js';

/** A Postgres that a test stops and starts again on the same data, as its operator or a power cut would. */
export class RestartablePostgres {
  private constructor(
    private readonly dataDir: string,
    private readonly settings: Readonly<Record<string, string>>,
    private server: EmbeddedPostgres,
  ) {}

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RestartablePostgres> {
    const dataDir = await makeDataDir();
    const given = { shared_buffers: '64MB', ...settings };
    return new RestartablePostgres(dataDir, given, await startEmbeddedPostgres({ dataDir, settings: given }));
  }

  /** Changes its port with every start. */
  get url(): string {
    return this.server.url;
  }

  /** As `pg_ctl stop -m immediate`: what is not committed is lost, clients hear nothing but the end, no checkpoint. */
  async stopImmediately(): Promise<void> {
    process.kill(this.server.pid, 'SIGQUIT');
    await this.server.ended;
    await this.server.stop();
  }

  async startAgain(): Promise<void> {
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir, settings: this.settings });
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    await this.server.stop();
    await removeDataDir(this.dataDir);
  }
}
