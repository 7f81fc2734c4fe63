import { runReplay } from './run-replay.js';

process.exitCode = await runReplay(process.argv.slice(2), process.env, {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
});
