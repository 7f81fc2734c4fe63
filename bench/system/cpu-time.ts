import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in microseconds; NaN for processes of which this system does not say it. */
export interface CpuTime {
  /** Of this process, all its threads. */
  readonly node: number;
  /** Of a Postgres: its postmaster, and all it has started. */
  readonly postgres: number;
}

/** `/proc` counts in ticks of 10 ms on every platform that Node runs on. */
const TICK_US = 10_000;

/** Processor time that `work` takes here and in the Postgres of that process id, divided by the `events` it moves. */
export async function cpuPerEvent(
  postmasterPid: number,
  events: number,
  work: () => Promise<unknown>,
): Promise<CpuTime> {
  const before = cpuTime(postmasterPid);
  await work();
  const after = cpuTime(postmasterPid);
  return { node: (after.node - before.node) / events, postgres: (after.postgres - before.postgres) / events };
}

/** Processor time of a process and of its children, living and ended, in microseconds; NaN where there is no `/proc`. */
export function processTreeUs(pid: number): number {
  const root = processOf(pid);
  if (root === undefined) return Number.NaN;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processOf(Number(name)))
    .reduce((sum, each) => sum + (each?.parent === pid ? each.ownUs : 0), root.ownUs + root.endedChildrenUs);
}

function cpuTime(postmasterPid: number): CpuTime {
  const { user, system } = process.cpuUsage();
  return { node: user + system, postgres: processTreeUs(postmasterPid) };
}

function processOf(pid: number) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): the name, in parentheses, may hold anything; the fields from the third on follow it.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(
      (index) => fields[index],
    );
    return { parent, ownUs: (user + system) * TICK_US, endedChildrenUs: (endedUser + endedSystem) * TICK_US };
  } catch {
    return undefined;
  }
}
