import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isInImage, readStages, sourceOf } from '../support/deploy/image.js';

interface PackageJson {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
}

const stages = readStages();
const image = stages.at(-1);
if (image === undefined) throw new Error('the Dockerfile has no stage');
const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson;
const argumentsOf = (keyword: string): string =>
  image.instructions.findLast((each) => each.getKeyword() === keyword)?.getArgumentsContent() ?? '';
/** The context holds nothing but what is named there. */
const context = readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean);
const isInContext = (path: string): boolean =>
  context.some((line) => line.startsWith('!') && `${path}/`.startsWith(`${line.slice(1)}/`));

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number | null> {
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '', ...env } });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('Dockerfile', () => {
  const fromContext = stages.flatMap(({ copies }) => copies.filter(({ from }) => from === null));

  it.each(fromContext.flatMap(({ sources }) => sources))('copies %s, which is there and in the context', (source) => {
    expect([existsSync(source), isInContext(source)]).toEqual([true, true]);
  });

  it('lets nothing else into the context, and copies all that the build reads', () => {
    expect(context[0]).toBe('*');
    const named = new Set(fromContext.flatMap(({ sources }) => sources));
    expect(new Set(context.slice(1).map((line) => line.slice(1)))).toEqual(named);
    const sources = readFileSync('scripts/prepare/sources.mjs', 'utf8');
    const read = [...sources.matchAll(/^const F[A-Z]+ = \[([^\]]+)\]/gm)].flatMap(([, list = '']) => [
      ...list.matchAll(/'([^']+)'/g),
    ]);
    expect(read.length).toBeGreaterThan(5);
    const built = stages.find(({ name }) => name === 'build')?.copies.flatMap((copy) => copy.sources);
    expect(built).toEqual(expect.arrayContaining(read.map(([, name]) => name)));
  });

  it.each(image.copies.filter(({ from }) => from !== null))(
    'takes %j from what a stage made',
    ({ from, sources, to }) => {
      expect(stages.map(({ name }) => name)).toContain(from);
      for (const source of sources) {
        // Relative to the same working directory in every stage.
        expect(source).toBe(`/creditfold/${to}`);
        expect([to, existsSync(sourceOf(to))]).toEqual([to, true]);
      }
    },
  );

  it('runs only scripts of package.json, and npm as it installs here', () => {
    const runs = stages.flatMap((stage) => stage.runs).flatMap((line) => line.split('&&').map((part) => part.trim()));
    const scripts = runs.flatMap((line) => /^npm run (\S+)/.exec(line)?.[1] ?? []);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts));
    const npm = runs.filter((line) => line.startsWith('npm '));
    expect(npm).toEqual([
      'npm ci --ignore-scripts --no-audit --no-fund',
      'npm run build',
      'npm ci --omit=dev --ignore-scripts --no-audit --no-fund',
    ]);
  });

  it('runs as somebody who is not root, on a Node that the project allows, what the image holds', () => {
    expect(argumentsOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const [program = ''] = JSON.parse(argumentsOf('CMD')) as string[];
    expect([isInImage(program, stages), existsSync(sourceOf(program))]).toEqual([true, true]);
    const major = Number(/NODE_VERSION=(\d+)/.exec(readFileSync('Dockerfile', 'utf8'))?.[1]);
    const least = Number(/\d+/.exec(packageJson.engines.node)?.[0]);
    expect(major).toBeGreaterThanOrEqual(least);
  });
});

describe('programs of the image', () => {
  it('probe.mjs fails unless the path is answered with success', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/health/ready' ? 200 : 503).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const env = { PORT: String(typeof address === 'object' ? address?.port : '') };
    expect(await run(['deploy/docker/probe.mjs', '/health/ready'], env)).toBe(0);
    expect(await run(['deploy/docker/probe.mjs', '/health/live'], env)).toBe(1);
    // The port stays taken: a free one might be somebody else's, who is ready, by the time that it is asked.
    server.removeAllListeners('request').on('request', (request) => request.destroy());
    expect(await run(['deploy/docker/probe.mjs', '/health/ready'], env)).toBe(1);
    server.close();
  });

  it('make-secrets.mjs makes each secret once, whole, and readable for other users', async () => {
    const root = mkdtempSync(join(tmpdir(), 'secrets-'));
    const make = (): Promise<number | null> => run(['deploy/docker/make-secrets.mjs', root, 'postgres:5432']);
    expect(await Promise.all([make(), make(), make()])).toEqual([0, 0, 0]);
    const files = ['admin/key', 'database/password', 'database/url'];
    const read = (): string[] => files.map((file) => readFileSync(join(root, file), 'utf8').trim());
    const [key = '', password = '', url] = read();
    expect(key).toMatch(/^cf_[\w-]{43}$/);
    expect(password).toMatch(/^[\w-]{43}$/);
    expect(url).toBe(`postgres://creditfold:${password}@postgres:5432/creditfold`);
    expect(files.map((file) => statSync(join(root, file)).mode & 0o777)).toEqual([0o444, 0o444, 0o444]);
    expect(await make()).toBe(0);
    expect(read()).toEqual([key, password, url]);
    expect(readdirSync(join(root, 'database')).toSorted()).toEqual(['password', 'url']);
    rmSync(root, { recursive: true });
  });
});
