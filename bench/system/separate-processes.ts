import { readFile } from 'node:fs/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@app/postgres';
import { ask } from './http-client.js';
import { ProgramProcess } from './program-process.js';
import { ADMIN_KEY, CATALOG, environmentFor, type Service, type ServiceOptions } from './service.js';

/** The catalog is there already. */
const PRECONDITION_FAILED = 412;

/** Each part in a process of its own, as `npm run start:…` runs them, on one embedded Postgres and a Kafka. */
export class SeparateProcesses implements Service {
  private constructor(
    readonly dataDir: string,
    private readonly server: EmbeddedPostgres,
    private readonly programs: ReadonlyMap<'api' | 'projector' | 'aggregator', ProgramProcess>,
  ) {}

  static async start({ dataDir, env = {}, profileDir }: ServiceOptions): Promise<SeparateProcesses> {
    const server = await startEmbeddedPostgres({ dataDir });
    const programs = new Map<'api' | 'projector' | 'aggregator', ProgramProcess>();
    const started = new SeparateProcesses(dataDir, server, programs);
    try {
      const environment = { ...environmentFor(dataDir), DATABASE_URL: server.url, ...env };
      for (const app of ['api', 'projector', 'aggregator'] as const) {
        programs.set(app, await ProgramProcess.start({ app, env: environment, profileDir }));
        if (app === 'api') await putCatalog(started.url);
      }
      return started;
    } catch (error) {
      await started.end();
      throw error;
    }
  }

  get url(): string {
    return this.programs.get('api')?.url ?? '';
  }

  get pids(): readonly number[] {
    return Array.from(this.programs.values(), ({ pid }) => pid);
  }

  async postgres(): Promise<{ readonly url: string; readonly pid: number }> {
    return this.server;
  }

  async residentBytes(): Promise<ReadonlyMap<string, number>> {
    const bytes = new Map<string, number>();
    for (const [app, program] of this.programs) bytes.set(`the ${app}`, await program.residentBytes());
    return bytes;
  }

  async end(): Promise<void> {
    for (const program of [...this.programs.values()].toReversed()) await program.end();
    await this.server.stop();
  }
}

async function putCatalog(url: string): Promise<void> {
  const { status, text } = await ask(`${url}/v1/catalog`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', 'if-none-match': '*' },
    body: await readFile(CATALOG, 'utf8'),
  });
  if (status >= 300 && status !== PRECONDITION_FAILED) throw new Error(`PUT /v1/catalog: ${status} ${text}`);
}
