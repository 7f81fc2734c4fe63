import { cpus, loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { tableOf } from './print-figures.js';
import { runStages } from './run-stages.js';
import { kafkaEnv } from './system/kafka-env.js';
import { FULL, QUICK, scaled, type Sizes } from './sizes.js';
import { STAGES } from './stages/index.js';

interface Flags {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly events?: number;
  readonly organisations?: number;
  readonly minutes?: number;
  readonly separate?: boolean;
  readonly cpuProf?: string;
}

const NUMBER_MAX = 10_000_000;

const program = new Command('bench')
  .description('Measures the real service on the embedded parts, each figure beside its baseline of the same run.')
  .argument('[stages...]', `any of ${STAGES.map(({ name }) => name).join(', ')}; all without`)
  .option('--quick', 'whether it works, in under two minutes; its figures mean little')
  .option('--json', 'for machines')
  .option('--events <n>', 'usage events end to end; other loads in proportion', wholeNumber)
  .option('--organisations <n>', 'how many the growth and memory stages go up to', wholeNumber)
  .option('--minutes <n>', 'how long the memory stage watches a steady load', wholeNumber)
  .option('--separate', 'aggregator, projector and API in a process each, over KAFKA_BROKERS')
  .option('--cpu-prof <dir>', 'leave a CPU profile of each of the service’s threads there')
  .showHelpAfterError();

program.action(async (names: readonly string[], flags: Flags) => {
  const unknown = names.find((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown !== undefined) program.error(`error: there is no stage ${unknown}`);
  const stages = STAGES.filter(({ name }) => names.length === 0 || names.includes(name));
  const separateOn = flags.separate === true ? kafkaEnv() : undefined;
  if (flags.separate === true && separateOn === undefined) program.error('error: --separate needs KAFKA_BROKERS');
  const loadBefore = loadavg()[0] ?? 0;
  const figures = await runStages(stages, {
    sizes: sizesFor(flags),
    profileDir: flags.cpuProf,
    separateOn,
    onStage: ({ name, description }) => process.stderr.write(`${name}: ${description} ...\n`),
  });
  const machine = { cpus: cpus().length, cpu: cpus()[0]?.model ?? '', node: process.version, loadBefore };
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ machine, figures }, null, 2)}\n`
      : `${tableOf(figures)}\n\nAll totals are exact. ${machine.cpus} x ${machine.cpu}, Node ${machine.node}; ` +
          `load average before: ${loadBefore.toFixed(2)}.\n`,
  );
});

function sizesFor({ quick, events, organisations, minutes }: Flags): Sizes {
  const base = quick === true ? QUICK : FULL;
  return {
    ...(events === undefined ? base : scaled(base, events)),
    ...(organisations === undefined ? {} : { growthOrganisations: organisations }),
    ...(minutes === undefined ? {} : { steadyMs: minutes * 60_000 }),
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number > 0 && number <= NUMBER_MAX) return number;
  throw new InvalidArgumentError(`a whole number from 1 to ${NUMBER_MAX} is needed`);
}

try {
  await program.parseAsync();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
