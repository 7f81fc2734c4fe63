import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.js';
import { nanosOf, poolOf, usageOf } from './figures.js';

/** Where the sample data is; `npm run test:data` makes sure of it. */
export const SAMPLES = process.env['CREDITFOLD_SAMPLES'] ?? '../shared/data';

interface Expected {
  readonly organisations: Readonly<Record<string, { readonly used: string; readonly balance: string }>>;
  readonly lines: readonly {
    readonly org: string;
    readonly meter: string;
    readonly model: string;
    readonly events: number;
    readonly quantity: string;
    readonly credits: string;
  }[];
}

interface Totals {
  readonly rows: number;
  readonly distinct: { readonly org: number };
  readonly sum: Readonly<Record<string, number>>;
}

/** Every figure of a file of sample data. */
interface Figures {
  /** By organisation: used and balance. */
  readonly pools: ReadonlyMap<string, readonly string[]>;
  /** By organisation, meter and model: events, quantity and credits, in nano-units. */
  readonly lines: ReadonlyMap<string, readonly bigint[]>;
  /** By meter: quantity over everything, in nano-units. */
  readonly quantities: ReadonlyMap<string, bigint>;
}

/** One file of sample data, with what an independent exact reference says of it. */
export class SampleFigures {
  readonly file: string;
  readonly totals: Totals;
  readonly expected: Figures;

  constructor(readonly name: string) {
    const read = (kind: string): unknown => JSON.parse(readFileSync(join(SAMPLES, `${name}.${kind}.json`), 'utf8'));
    const { organisations, lines } = read('credits') as Expected;
    this.file = join(SAMPLES, `${name}.events.csv.gz`);
    this.totals = read('totals') as Totals;
    this.expected = {
      pools: new Map(Object.entries(organisations).map(([org, { used, balance }]) => [org, [used, balance]])),
      lines: new Map(
        lines.map(({ org, meter, model, events, quantity, credits }) => [
          `${org} ${meter} ${model}`,
          [BigInt(events), nanosOf(quantity), nanosOf(credits)],
        ]),
      ),
      // Counted from the rows themselves, which know nothing of meters and prices.
      quantities: new Map(
        Object.entries(this.totals.sum).map(([field, sum]) => [field.replaceAll('_', '-'), nanosOf(String(sum))]),
      ),
    };
  }

  /** What the service says of the same organisations. */
  async figuresAt(client: ApiClient): Promise<Figures> {
    const pools = new Map<string, readonly string[]>();
    const lines = new Map<string, readonly bigint[]>();
    const quantities = new Map([...this.expected.quantities.keys()].map((meter) => [meter, 0n]));
    const read = async (organisation: string): Promise<void> => {
      for (const { group, events, quantity, credits } of await usageOf(client, organisation, 'meter,model')) {
        const meter = group['meter'] ?? '';
        const key = `${organisation} ${meter} ${group['model']}`;
        const [e = 0n, q = 0n, c = 0n] = lines.get(key) ?? [];
        lines.set(key, [e + BigInt(events), q + nanosOf(quantity), c + nanosOf(credits)]);
        const known = quantities.get(meter);
        if (known !== undefined) quantities.set(meter, known + nanosOf(quantity));
      }
      const { used, balance } = await poolOf(client, organisation);
      pools.set(organisation, [used, balance]);
    };
    await Promise.all([...this.expected.pools.keys()].map(read));
    return { pools, lines, quantities };
  }
}
