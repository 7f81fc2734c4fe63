import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process by pid and start: a pid alone is given out again, sooner or later to something else. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

const run = promisify(execFile);

async function startOnLinux(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The command's name, in parentheses, may itself hold spaces and parentheses: fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    // A zombie holds nothing any more; it only waits to be collected.
    if (state === undefined || 'ZXx'.includes(state)) return undefined;
    return `${bootId.trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}

async function startElsewhere(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' } });
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}

/** When a process started, as an opaque text; undefined when it does not live. */
async function processStart(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
}

export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = await processStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await processStart(identity.pid)) === identity.startedAt;
}
