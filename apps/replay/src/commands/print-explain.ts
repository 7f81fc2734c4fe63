import { viewEntry, viewEvent, viewUsage } from '@app/accounts';
import type { Terminal } from '../terminal.js';
import type { Explained } from './explain.js';

type UsageView = ReturnType<typeof viewUsage>;
type LineView = UsageView['lines'][number];

/** The chain, one link a line: entry, usage event, broker record, price, inputs, draws, balances. */
export function printExplanation(explained: Explained, terminal: Terminal): void {
  if (explained.kind === 'entry') {
    const { entry, balance, movements, usage } = viewEntry(explained.explanation);
    terminal.out(`ledger entry  ${entry.id}: ${entry.type} (${entry.cause}) of ${entry.amount} ${entry.pool}`);
    terminal.out(`  at          ${entry.at}, revision ${entry.revision} (${entry.event})`);
    if (entry.actor !== null || entry.reason !== null)
      terminal.out(`  by          ${entry.actor ?? 'nobody named'}: ${entry.reason ?? 'no reason'}`);
    terminal.out(`  balance     ${balance.before} -> ${balance.after}`);
    for (const { kind, grant, amount } of movements)
      terminal.out(`  movement    ${kind} ${amount}${grant === null ? '' : ` of grant ${grant}`}`);
    for (const each of usage) printUsage(each, terminal);
    if (explained.explanation.nextFrom !== null) terminal.out(`  … more usage events follow`);
    return;
  }
  const view = viewEvent(explained.explanation);
  if ('reason' in view) {
    terminal.out(`usage event   ${view.source} ${view.id}: ${view.outcome}, ${view.reason}`);
    terminal.out(`  because     ${view.detail}`);
    terminal.out(`  record      ${recordText(view.record)}`);
    terminal.out(`  revision    ${view.revision}`);
    return;
  }
  terminal.out(`ledger entry  ${view.entry ?? 'none'}`);
  printUsage(view, terminal);
}

function printUsage(usage: UsageView, terminal: Terminal): void {
  terminal.out(`usage event   ${usage.source} ${usage.id} of ${usage.organisation}: ${usage.outcome}`);
  terminal.out(`  time        ${usage.time}, counted at ${usage.usageTime}`);
  terminal.out(
    `  record      ${usage.record === null ? 'none: added by the end of a cycle' : recordText(usage.record)}`,
  );
  terminal.out(`  revision    ${usage.revision}`);
  for (const line of usage.lines) printLine(line, terminal);
  for (const { pool, before, after } of usage.balances) terminal.out(`  balance     ${pool}: ${before} -> ${after}`);
}

const recordText = (record: NonNullable<UsageView['record']>): string =>
  `${record.topic} (generation ${record.generation}), partition ${record.partition}, offset ${record.offset}, ${record.timestamp}`;

function printLine(line: LineView, terminal: Terminal): void {
  const { rateCard, cumulative } = line;
  terminal.out(
    `  meter       ${line.meter} (${line.aggregation ?? 'unknown'}): ${line.quantity} for ${line.credits} ${line.pool}`,
  );
  terminal.out(
    `    price     ${rateCard.key} from ${rateCard.effectiveFrom}, catalog ${line.catalogVersion}, plan ${line.plan}`,
  );
  terminal.out(`    formula   ${JSON.stringify(line.price)}`);
  if (line.inputs.length > 0)
    terminal.out(`    inputs    ${line.inputs.map(({ name, value }) => `${name} = ${value}`).join(' × ')}`);
  terminal.out(`    quantity  ${cumulative.before} -> ${cumulative.after} in the cycle from ${line.cycle.start}`);
  terminal.out(
    `    cost      C(after) ${cumulative.costAfter ?? '?'} − C(before) ${cumulative.costBefore ?? '?'} = ${line.credits}`,
  );
  if (line.cut !== '0') terminal.out(`    cut       ${line.cut}: no draws were left to give back`);
  for (const { grant, from, amount } of line.draws)
    terminal.out(`    draw      ${amount} from ${grant === null ? from : `${from} ${grant}`}`);
}
