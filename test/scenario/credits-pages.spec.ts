import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MessageReceiver } from '../support/story/message-receiver.js';
import { blocksOf, storiesOf, untoldExamplesIn } from '../support/story/page-stories.js';
import { Product } from '../support/story/product.js';
import { walkStory } from '../support/story/walk-story.js';
import { STANDALONE_KEY } from '../support/standalone.js';

const PAGES = ['credits', 'recipes'].map((name) => ({ name, page: readFileSync(`docs/${name}.md`, 'utf8') }));
const RECIPES = PAGES.find(({ name }) => name === 'recipes')?.page ?? '';

const products = new Map<string, Promise<Product>>();
let messages: MessageReceiver;
beforeAll(async () => {
  messages = await MessageReceiver.start();
});
afterAll(async () => {
  // One that did not start must not keep the others running.
  for (const started of await Promise.allSettled(products.values()))
    if (started.status === 'fulfilled') await started.value.ends();
  await messages.stop();
});

function productOf(catalog: string): Promise<Product> {
  const product = products.get(catalog) ?? Product.launch(catalog, messages.env);
  products.set(catalog, product);
  return product;
}

describe.each(PAGES)('docs/$name.md', ({ page }) => {
  it('shows no call with a body that its stories do not make', () => {
    expect(untoldExamplesIn(page)).toEqual([]);
  });

  it.each(storiesOf(page))('$name', async (story) => {
    const { said, was } = await walkStory(story, productOf);
    expect(said).not.toEqual([]);
    expect(was).toMatchObject(said);
  });
});

describe('the shell commands of docs/recipes.md', () => {
  it('open a sandbox and move its clock', async () => {
    const { client } = await productOf('agent-platform.json');
    const [shell, ...others] = blocksOf(RECIPES, 'sh');
    expect(others).toEqual([]);
    // The first two lines start the service and say where it is: this one has another port and key.
    const [start, where, ...calls] = (shell?.text ?? '').trimEnd().split('\n');
    expect(start).toBe('CREDITFOLD_CATALOG=examples/catalogs/agent-platform.json npm start');
    const [, path] =
      /^export KEY=\$\(cat data\/admin-key\) URL=http:\/\/127\.0\.0\.1:3000(\S+)$/.exec(where ?? '') ?? [];
    const { stdout } = await promisify(execFile)('bash', ['-ec', calls.join('\n').replace('-sS', '-sSf')], {
      env: { ...process.env, KEY: STANDALONE_KEY, URL: `${client.url}${path}` },
    });
    // The free credits of January's first day ended on the 31st.
    const revision = [...stdout.matchAll(/"revision":"(\d+)"/g)].at(-1)?.[1];
    const balance = await client.get(`${path}/balance?minRevision=${revision}`);
    const pools = ['credits', 'tool-runs'].map((pool) => ({ pool, balance: '0' }));
    expect(balance.json()).toMatchObject({ organisation: 'acme', pools });
  });
});
