import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramProcess } from './program-process.js';
import { CATALOG, environmentFor, type Service, type ServiceOptions } from './service.js';

/** All parts in one process, as `npm start` runs them. */
export class StandaloneProcess implements Service {
  private constructor(
    private readonly program: ProgramProcess,
    readonly dataDir: string,
  ) {}

  static async start({ dataDir, env = {}, profileDir }: ServiceOptions): Promise<StandaloneProcess> {
    const program = await ProgramProcess.start({
      app: 'standalone',
      env: { ...environmentFor(dataDir), CREDITFOLD_CATALOG: CATALOG, ...env },
      profileDir,
    });
    return new StandaloneProcess(program, dataDir);
  }

  get url(): string {
    return this.program.url;
  }

  get pids(): readonly number[] {
    return [this.program.pid];
  }

  async postgres(): Promise<{ readonly url: string; readonly pid: number }> {
    const info = await readFile(join(this.dataDir, 'postgres.json'), 'utf8');
    return JSON.parse(info) as { readonly url: string; readonly pid: number };
  }

  async residentBytes(): Promise<ReadonlyMap<string, number>> {
    return new Map([['the whole service', await this.program.residentBytes()]]);
  }

  end(): Promise<void> {
    return this.program.end();
  }
}
