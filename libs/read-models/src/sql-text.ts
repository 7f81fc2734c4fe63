import { readFileSync } from 'node:fs';

const schemas = new Map<string, string>();

/** One statement of `sql/`, read once; `{schema}` stands for the schema of a generation. */
export class Statement {
  readonly #text: string;

  constructor(private readonly name: string) {
    this.#text = readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
  }

  /** The statement on one generation's tables. The schema's name is ours (`schemaOf`), never a caller's. */
  in(schema: string): string {
    const key = `${schema}\n${this.#text}`;
    let text = schemas.get(key);
    if (text === undefined) {
      text = this.#text.replaceAll('{schema}', schema);
      // Generations come and go: what is remembered of old ones is dropped with them.
      if (schemas.size >= STATEMENTS_REMEMBERED_MAX) schemas.clear();
      schemas.set(key, text);
    }
    return text;
  }

  /** The statement with its parameters, which the connection prepares once for all its windows. */
  prepared(schema: string, values: unknown[]): { name: string; text: string; values: unknown[] } {
    return { name: `${schema}:${this.name}`, text: this.in(schema), values };
  }

  get text(): string {
    return this.#text;
  }
}

const STATEMENTS_REMEMBERED_MAX = 1_000;
