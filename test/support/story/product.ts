import { makeDataDir, removeDataDir, startStandalone, type StandaloneProcess } from '../standalone.js';
import { Customer } from './customer.js';

/** A product that sells credits by one catalog, on a process of its own. */
export class Product {
  private constructor(
    private readonly app: StandaloneProcess,
    private readonly dataDir: string,
  ) {}

  static async launch(catalog: string, env: Readonly<Record<string, string>> = {}): Promise<Product> {
    const dataDir = await makeDataDir();
    const app = await startStandalone({ dataDir, catalog: `examples/catalogs/${catalog}`, env });
    return new Product(app, dataDir);
  }

  get client() {
    return this.app.client;
  }

  customer(organisation: string): Customer {
    return new Customer(this.client, organisation);
  }

  async read(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const answer = await this.client.get(path);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return (answer.json() as { items: readonly Readonly<Record<string, unknown>>[] }).items;
  }

  async ends(): Promise<void> {
    await this.app.end();
    await removeDataDir(this.dataDir);
  }
}
