import { readFileSync } from 'node:fs';

const statement = (name: string): string => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');

/** Every statement of this adapter, each from the file of its name. */
export const STATEMENTS = {
  addPartitions: statement('add-partitions'),
  append: statement('append'),
  deleteTopic: statement('delete-topic'),
  drainedAt: statement('drained-at'),
  ensureTopic: statement('ensure-topic'),
  keepHints: statement('keep-hints'),
  listHints: statement('list-hints'),
  listPartitions: statement('list-partitions'),
  read: statement('read'),
  trim: statement('trim'),
} as const;
