import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DIST } from './program-process.js';

/** Runs a compiled program of ours to its end; resolves with what it said. @throws {Error} unless it ends with 0 */
export async function runProgram(app: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [join(DIST, 'apps', app, 'src/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (text) => (said += String(text)));
  child.stderr.on('data', (text) => (complained += String(text)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${app} ended with ${code}: ${said.slice(0, 2_000)}${complained.slice(-2_000)}`);
  return said;
}
