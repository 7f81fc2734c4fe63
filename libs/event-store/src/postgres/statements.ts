import { readFileSync } from 'node:fs';

/** One statement a file, read once: what runs can be reviewed as it runs. */
const load = (name: string): { readonly name: string; readonly text: string } => ({
  name: `event-store:${name}`,
  text: readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8'),
});

export const STATEMENTS = {
  append: load('append'),
  readStreamForwards: load('read-stream-forwards'),
  followStreams: load('follow-streams'),
  readStreamBackwards: load('read-stream-backwards'),
  streamRevision: load('stream-revision'),
  readAll: load('read-all'),
  head: load('head'),
  now: load('now'),
} as const;
