import type { Customer, Json } from './customer.js';
import type { PageStory, StoryStep } from './page-stories.js';
import type { Product } from './product.js';

/** Products by their catalog's name, started when a story first needs them. */
export type ProductOf = (catalog: string) => Promise<Product>;

/** What a call answered, or the code by which it was refused. */
export interface Told {
  readonly call: string;
  readonly answer: unknown;
}

interface Place {
  readonly product: Product;
  readonly customer: Customer;
}

let customers = 0;

/** Walks an account through a page's story: what the page says of its answers, and what they were, in the same order. */
export async function walkStory({ steps }: PageStory, productOf: ProductOf): Promise<{ said: Told[]; was: Told[] }> {
  const [said, was]: [Told[], Told[]] = [[], []];
  let here: Place | undefined;
  for (const step of steps) {
    if (step.verb === 'open') {
      here = await opened(step, productOf);
      continue;
    }
    if (here === undefined) throw new Error('A story begins with an account: open …');
    const call = `${said.length + 1}: ${step.verb} ${step.words}`;
    const answer = await answerTo(step, here);
    if (step.refusal === undefined && step.answer === undefined) continue;
    said.push({ call, answer: step.refusal ?? step.answer });
    was.push({ call, answer });
  }
  return { said, was };
}

/** `open PLAN of CATALOG at TIME` */
async function opened({ words }: StoryStep, productOf: ProductOf): Promise<Place> {
  const [, plan = '', catalog = '', at = ''] = /^(\S+) of (\S+) at (\S+)$/.exec(words) ?? [];
  const product = await productOf(`${catalog}.json`);
  return { product, customer: await product.customer(`reader-${customers++}`).opens(plan, at) };
}

async function answerTo({ verb, words, json, refusal }: StoryStep, { product, customer }: Place): Promise<unknown> {
  const body = (json ?? {}) as Json;
  if (refusal !== undefined) return customer.refusal(words, body);
  switch (verb) {
    case 'use': {
      const [type = '', id] = words.split(' as ');
      return customer.uses(type, body, id === undefined ? {} : { id });
    }
    case 'clock':
      return customer.comesTo(words);
    case 'GET':
      return words.startsWith('/') ? { items: await product.read(words) } : customer.reads(words);
    case 'POST':
      return customer.post(words, body);
    case 'PUT':
      return customer.put(words, body);
    default:
      throw new Error(`No step of a story: ${verb}`);
  }
}
