import { transformFile } from '@swc/core';
import { cp, mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Transpiles a lib without dependencies on other libs into a temporary directory, for tests that run it in a process of
 * its own. Answers the directory, to be removed, and the url of the lib's front door.
 */
export async function transpileLib(lib: string): Promise<{ readonly directory: string; readonly url: string }> {
  const source = resolve('libs', lib, 'src');
  const directory = await mkdtemp(join(tmpdir(), 'transpiled-'));
  await symlink(resolve('node_modules'), join(directory, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  for (const file of await readdir(source, { recursive: true })) {
    const target = join(directory, 'src', file);
    await mkdir(dirname(target), { recursive: true });
    if (/\.(mjs|sql)$/.test(file)) await cp(join(source, file), target);
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const { code } = await transformFile(join(source, file), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await writeFile(target.replace(/\.ts$/, '.js'), code);
  }
  return { directory, url: pathToFileURL(join(directory, 'src', 'index.js')).href };
}
