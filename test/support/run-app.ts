import { spawn } from 'node:child_process';
import { STANDALONE_KEY } from './standalone.js';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an app's command as npm does, and resolves with what it said. */
export function runApp(
  app: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/run.mjs', app, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', CREDITFOLD_API_KEY: STANDALONE_KEY, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += String(text)));
    child.stderr.on('data', (text) => (stderr += String(text)));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Loads a file and waits for the read models; throws with the command's words when it fails. */
export async function backfill(url: string, file: string, args: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await runApp('backfill', [file, '--url', url, '--wait', ...args]);
  if (code !== 0) throw new Error(`backfill ended with ${code}: ${stderr}`);
  return stdout;
}
